package schema

import (
	"strings"
	"unicode"

	"tongce/app/quality"
)

// The keys of columns that are no field of their own.
const (
	ColumnTel       = "tel"              // mobile and landline numbers
	ColumnFull      = "full_address"     // province, city, district, address
	ColumnRegion    = "region"           // province, city, district
	ColumnIDCode    = "id_code"          // credit code or identity number
	ColumnBirth     = "birth_or_founded" // birthday of a person, founding of a company
	ColumnUpdatedAt = "updated_at"       // how old the row is; feeds nothing
	ColumnIgnore    = "ignore"           // row numbers, internal codes; feeds nothing
)

// Column is a kind of column that feeds several fields, or none.
type Column struct {
	Key     string
	Feeds   []string
	Aliases []string
}

// Columns gives the kinds of columns beside the fields themselves.
func (s *Schema) Columns() []Column { return columns() }

func columns() []Column {
	return []Column{
		{Key: ColumnTel, Feeds: []string{"mobile", "phone"}, Aliases: words(
			"电话 联系电话 联系方式 电话号码 客户电话 联系号码 联系人电话 联系电话1 手机/电话 电话/手机 手机或电话 电话(手机) 来电号码 telephone phone_number phones contact_number contact_phone")},
		{Key: ColumnFull, Feeds: []string{"province", "city", "district", "address"}, Aliases: words(
			"地址 公司地址 联系地址 开票地址 单位地址 客户地址 注册地址 通讯地址 通信地址 办公地址 收货地址 邮寄地址 经营地址 家庭地址 住址 地址信息 full_address company_address mailing_address")},
		{Key: ColumnRegion, Feeds: []string{"province", "city", "district"}, Aliases: words(
			"所在地区 地区 区域 省市区 所属地区 所在地 省市 所属区域 行政区划 省/市/区 省份城市 area location")},
		{Key: ColumnIDCode, Feeds: []string{"uscc", "id_number"}, Aliases: words(
			"证件号码 证件号 证照号码 证照编号 证件编号 证件代码 证件 信用代码/身份证号 税号/身份证号 身份证/信用代码 id_code certificate_no")},
		{Key: ColumnBirth, Feeds: []string{"birthday", "founded"}, Aliases: words(
			"成立/出生日期 成立或出生日期 出生/成立日期 出生或成立日期 生日/成立日期 成立日期/生日 成立(出生)日期")},
		{Key: ColumnUpdatedAt, Aliases: words(
			"更新日期 更新时间 修改日期 修改时间 回访日期 回访时间 最近开票日期 最后开票日期 最近联系 最近联系时间 最近跟进时间 最后跟进时间 最后更新 最后修改时间 录入日期 录入时间 建档日期 建档时间 登记时间 开票日期 创建时间 创建日期 登记日期 填表日期 制表日期 更新于 last_updated updated modified modified_at created_at last_contact")},
		{Key: ColumnIgnore, Aliases: words(
			"序号 编号 客户ID 客户编号 客户编码 客户代码 行号 No. NO # 项次 ID 满意度 评分 内部编号 系统编号 档案号 seq index customer_id customer_no serial_no row")},
	}
}

// headerKey is the form in which headers are compared: no blanks, marks and
// remarks in parentheses, lower case.
func headerKey(s string) string {
	s = strings.ToLower(quality.Simplified(s))
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		case r == '〔' || r == '【' || r == '[':
			r = '('
		case r == '〕' || r == '】' || r == ']':
			r = ')'
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("*:_-.\u200b\ufeff\u200d、", r) {
			return -1
		}
		return r
	}, s)
	return s
}

// bare drops remarks in parentheses: 合同金额(元).
func bare(s string) string {
	for {
		a := strings.IndexByte(s, '(')
		if a < 0 {
			return s
		}
		z := strings.IndexByte(s[a:], ')')
		if z < 0 {
			return s[:a]
		}
		s = s[:a] + s[a+z+1:]
	}
}

// Match gives the field or column key that a header names exactly, in any of
// its known words; of a two-level header joined by / the lower part counts when
// the whole is unknown. Similar and content-based guesses are the caller's.
func (s *Schema) Match(header string) (key string, ok bool) {
	h := headerKey(header)
	if h == "" || len(h) > 200 {
		return "", false
	}
	for {
		for _, t := range []string{h, bare(h)} {
			if key = s.headers[t]; key != "" && t != "" {
				return key, true
			}
		}
		_, rest, more := strings.Cut(h, "/")
		if !more {
			return "", false
		}
		h = rest
	}
}

// Feeds gives the fields that a column mapped to key writes: the field itself,
// or those of a composite column; nil for updated_at, ignore and unknown keys.
func (s *Schema) Feeds(key string) []string {
	if _, ok := s.byID[key]; ok {
		return []string{key}
	}
	for _, c := range columns() {
		if c.Key == key {
			return c.Feeds
		}
	}
	return nil
}

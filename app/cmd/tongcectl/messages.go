package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tongce/app/keychain"
	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/peer"
	"tongce/crdt/store"
)

const (
	zh = "zh"
	en = "en"
)

// language is zh unless the locale says another one.
func language(env func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			if strings.HasPrefix(v, "zh") || v == "C" || v == "C.UTF-8" || v == "POSIX" {
				return zh
			}
			return en
		}
	}
	return zh
}

// What to do where a book does not open any more. Only a founder invites, and a
// device that the recovery kit makes is for later (trust).
const (
	againZH = "把整个文件夹改名留着，请创始人发一个新的邀请，再加入一次：同步过的客户都会回来。你是唯一的创始人时，没有人能邀请你，这个版本也还不能用恢复套件补一台电脑：请留好文件夹和恢复套件，同事照常用这本客户册"
	againEN = "rename the whole folder, keep it, and join again with a new invite by a founder: every customer that was synced comes back. The only founder can be invited by nobody, and this version cannot make a new computer from the recovery kit yet: keep the folder and the kit; colleagues go on with the book"
)

// messages are the sentences for each kind of failure.
func messages() map[kind]map[string]string {
	return map[kind]map[string]string{
		"usage":               {zh: "用法不对", en: "Wrong usage"},
		"no_workspace":        {zh: "这个文件夹里没有客户册", en: "There is no customer book in this folder"},
		"exists":              {zh: "这个文件夹里已经有内容，没有改动任何东西", en: "This folder already holds something; nothing was changed"},
		"unfinished":          {zh: "加入还没有完成，请用同一个邀请再试一次", en: "Joining was not finished; use the same invite again"},
		"bad_name":            {zh: "名称为空、过长，或含有看不见的字符", en: "A name is empty, too long or has invisible characters"},
		"bad_field":           {zh: "没有这个字段", en: "There is no such field"},
		"bad_text":            {zh: "内容不是有效的 UTF-8 文字，没有写入", en: "A value is not valid UTF-8 text; nothing was written"},
		"no_name":             {zh: "客户要有名称：name=…", en: "A customer needs a name: name=…"},
		"bad_query":           {zh: "不能按这个字段筛选或排序", en: "The list cannot be filtered or sorted by this field"},
		"sealed_sort":         {zh: "%s在本机也是加密存放的，列表不能按它排序；可以用 --where %s=完整的值 来找", en: "%s is kept sealed, on this computer too, so the list cannot be sorted by it; a whole value is found with --where %s=VALUE"},
		"bad_link":            {zh: "链接或编号不完整，请重新复制", en: "The link or id is not complete; copy it again"},
		"bad_passphrase":      {zh: "口令至少要 10 个字", en: "The passphrase needs at least 10 characters"},
		"no_relay":            {zh: "还没有设置中继", en: "No relay has been set"},
		"no_customer":         {zh: "没有这个客户", en: "There is no such customer"},
		"no_value":            {zh: "这里没有需要选择的值", en: "There is nothing to choose between here"},
		"no_batch":            {zh: "没有这次导入", en: "There is no such import"},
		"no_file":             {zh: "找不到这个文件", en: "The file is not there"},
		"pass_missing":        {zh: "找不到 --passphrase-file 指的口令文件", en: "The file that --passphrase-file names is not there"},
		"pass_folder":         {zh: "--passphrase-file 指的是一个文件夹，不是口令文件", en: "--passphrase-file names a folder and no file"},
		"pass_empty":          {zh: "--passphrase-file 指的口令文件是空的", en: "The file that --passphrase-file names is empty"},
		"pass_unreadable":     {zh: "--passphrase-file 指的口令文件读不了，系统没有允许", en: "The file that --passphrase-file names cannot be read; the system does not allow it"},
		"no_keyring":          {zh: "系统钥匙串不可用；没有 --passphrase-file 就不能打开或新建客户册", en: "There is no system keyring; without --passphrase-file no book can be opened or made"},
		"no_protection":       {zh: "这个客户册不是这样保护的，请用 --passphrase-file 或系统钥匙串", en: "The book is not protected that way; use --passphrase-file or the system keyring"},
		"keyring_locked":      {zh: "系统钥匙串已锁定或没有响应", en: "The system keyring is locked or does not answer"},
		"keyring_missing":     {zh: "系统钥匙串里没有这个客户册的钥匙，可在同册的窗口里用恢复套件打开", en: "The system keyring has no key for this book; the recovery kit opens it in the window of Tongce"},
		"keyring_lies":        {zh: "系统钥匙串返回的内容不对，没有改动任何东西", en: "The system keyring gives back something else; nothing was changed"},
		"keyring_cuts":        {zh: "系统钥匙串把钥匙截短了，没有用它，也没有改动任何东西；可改用 --passphrase-file", en: "The system keyring cuts the key short; it was not used and nothing was changed. --passphrase-file does without it"},
		"keys_missing":        {zh: "钥匙文件 keys.tc 不见了，客户册没有打开，什么都没有改动。旁边有 keys.tc.old 时可改名为 keys.tc；没有时" + againZH, en: "The key file keys.tc is gone; the book was not opened and nothing was changed. Rename keys.tc.old to keys.tc if it is there; else " + againEN},
		"statement_pending":   {zh: "上一次管理操作还在等中继确认，请先同步", en: "An earlier administration change still waits for the relay; sync first"},
		"invite_used":         {zh: "这个邀请已经用过了%s。如果不是你本人用的，请马上告诉管理员", en: "This invite was already used%s. If it was not you, tell an administrator now"},
		"invite_closed":       {zh: "这个邀请已经过期或被撤回，请再要一个新的", en: "This invite has expired or was withdrawn; ask for a new one"},
		"invite_unknown":      {zh: "中继不认识这个邀请：可能没有复制对，也可能是另一家公司的。请重新复制，或再要一个新的", en: "The relay does not know this invite: it may not be copied right, or be another company's. Copy it again, or ask for a new one"},
		"relay_refused":       {zh: "中继拒绝了这台设备或这次操作", en: "The relay refused this device or this change"},
		"charter_fork":        {zh: "中继给别人看的管理记录和本机的不一样，已停止同步；本机的修改都已保存。请马上告诉管理员", en: "The relay shows others another administration record than this computer has; the exchange was stopped, and all changes are saved here. Tell an administrator now"},
		"revoked":             {zh: "这台电脑已被停用，中继不再收发；没有发出的修改还在本机，可以问管理员", en: "This computer was revoked and the relay exchanges nothing with it; what was not sent is still here. Ask an administrator"},
		"copied":              {zh: "有两处用着同一把钥匙：这个文件夹或另一处是拷贝，或是从旧备份放回来的。两处的修改都在，没有丢；请只用其中一处，另一台电脑用新的邀请加入", en: "Two installations use the same key: this folder or the other is a copy, or comes from an old backup. The changes of both are kept. Go on with one of them, and let the other computer join with an invite of its own"},
		"relay_full":          {zh: "中继的空间满了，还有修改没有发出，都保存在本机；请告诉管理中继的人", en: "The relay is full. Changes that were not sent are saved on this computer; tell who runs the relay"},
		"relay_version":       {zh: "中继和这个程序的版本合不上，没有收发任何东西；请更新同册或中继，本机的修改都已保存", en: "Relay and program are of versions that do not fit, and nothing was exchanged; update Tongce or the relay. All changes are saved on this computer"},
		"quota":               {zh: "超过了限额", en: "Over a limit"},
		"relay_taken":         {zh: "这个中继已经属于另一本客户册，没有新建任何东西。请换一个中继", en: "This relay belongs to another book already; nothing was made. Use another relay"},
		"relay_unmet":         {zh: "还没有连上这个中继，客户册照常新建了，等 sync 时再连；请核对地址和密钥，写错了可在同册窗口的设置里改", en: "This relay was not reached; the book was made all the same, and sync will try again. Check address and key; the settings in the window of Tongce can change them"},
		"not_reached":         {zh: "连不上中继，还没有完成。请检查地址和网络，再运行一次同样的命令", en: "The relay cannot be reached, and this is not done. Check address and network, then run the same command again"},
		"relay_later":         {zh: "中继现在不能处理，请稍后再试；本机的修改都已保存", en: "The relay cannot take this now; try again later. All changes are saved on this computer"},
		"relay_identity":      {zh: "应答的不是贵公司的中继，已断开，什么都没有发送", en: "Another relay answered than your company's; disconnected, and nothing was sent"},
		"no_sheet":            {zh: "文件里没有看起来是客户的工作表，可用 --sheet 指定", en: "No sheet looks like customers; name one with --sheet"},
		"no_columns":          {zh: "没有认出任何一列，%d 行都没有写入；请用 --map 列名=字段 指明（没有列名的用列字母，如 B=name）", en: "No column was recognised, and none of %d rows was written; name columns with --map HEADER=FIELD (without a header by letter, as B=name)"},
		"no_header":           {zh: "选中的工作表里没有这一列", en: "The chosen sheets have no such column"},
		"no_out":              {zh: "要写进去的文件夹不存在，没有导出", en: "The folder to write into is not there; nothing was exported"},
		"no_role":             {zh: "没有这个角色", en: "There is no such role"},
		"invite_role":         {zh: "邀请不能给出创始人这样有管理权限的角色，什么都没有建立；请以同事的角色邀请", en: "No invite gives a role with administration, as founder; nothing was made. Invite as a colleague"},
		"invite_denied":       {zh: "你没有邀请的权限，什么都没有建立；请找创始人", en: "You may not invite; nothing was made. Ask a founder"},
		"undo_denied":         {zh: "这次导入新建的客户要移走，你没有删除客户的权限；请让导入的人或管理员撤销，什么都没有改动", en: "Undoing removes customers that this import made, and you may not delete; ask who imported or an administrator. Nothing was changed"},
		"refused":             {zh: "没有权限，或内容不符合规则", en: "Not allowed, or against the rules"},
		"bad_sheet":           {zh: "这个表格读不了", en: "This sheet cannot be read"},
		"no_folder":           {zh: "这不是一个文件夹", en: "This is not a folder"},
		"no_permission":       {zh: "系统不允许读写这个文件或文件夹", en: "The system does not allow reading or writing this file or folder"},
		"not_found":           {zh: "没有找到", en: "Not found"},
		"invalid":             {zh: "内容不对", en: "Not valid"},
		"conflict":            {zh: "与现有内容冲突", en: "In conflict with what is there"},
		"denied":              {zh: "没有权限", en: "Not allowed"},
		"disk_full":           {zh: "磁盘已满，这一步没有做完；之前保存的都还在。请腾出空间再做一次", en: "The disk is full and this was not finished; all that was saved before is kept. Free some space and do it again"},
		"locked":              {zh: "客户册正在被另一个程序使用", en: "The book is open in another program"},
		"wrong_secret":        {zh: "口令或钥匙不对", en: "Wrong passphrase or key"},
		"corrupt":             {zh: "数据损坏，已停止，没有删除任何东西", en: "The data is damaged; stopped, and nothing was deleted"},
		"damaged":             {zh: "文件 %s 坏了，客户册没有打开，什么都没有删除。请从备份放回这个文件；没有备份时，" + againZH, en: "The file %s is damaged; the book was not opened and nothing was deleted. Put this file back from a backup; without one, " + againEN},
		"damaged_keys":        {zh: "钥匙文件 %s 坏了，客户册没有打开，什么都没有删除。" + againZH, en: "The key file %s is damaged; the book was not opened and nothing was deleted. To go on, " + againEN},
		"unsupported_version": {zh: "需要更新版本的程序", en: "A newer version of the program is needed"},
		"offline":             {zh: "连不上中继，本机的修改都已保存", en: "The relay cannot be reached; all changes are saved on this computer"},
		"busy":                {zh: "钥匙还没有到，请稍后再试", en: "Key material has not arrived yet; try again later"},
		"too_large":           {zh: "内容过长", en: "Too long"},
		"cancelled":           {zh: "已取消", en: "Cancelled"},
		"internal":            {zh: "程序内部出错", en: "Internal error"},
	}
}

// reasons are the sentences for sheets that cannot be read.
func reasons() map[sheet.Reason]map[string]string {
	return map[sheet.Reason]map[string]string{
		sheet.ReasonXLS:         {zh: "旧的 .xls 格式，请在表格软件里另存为 .xlsx", en: "The old .xls format; save it as .xlsx"},
		sheet.ReasonXLSB:        {zh: "二进制 .xlsb 格式，请另存为 .xlsx", en: "The binary .xlsb format; save it as .xlsx"},
		sheet.ReasonODS:         {zh: ".ods 格式，请另存为 .xlsx", en: "The .ods format; save it as .xlsx"},
		sheet.ReasonPassword:    {zh: "文件有密码，请先去掉密码", en: "The file has a password; remove it first"},
		sheet.ReasonTooBig:      {zh: "文件太大", en: "The file is too big"},
		sheet.ReasonUnpacked:    {zh: "文件展开后太大", en: "The file is too big when unpacked"},
		sheet.ReasonNoSheets:    {zh: "文件里没有工作表", en: "The file has no sheets"},
		sheet.ReasonDamaged:     {zh: "文件损坏", en: "The file is damaged"},
		sheet.ReasonEmpty:       {zh: "文件是空的", en: "The file is empty"},
		sheet.ReasonNotTable:    {zh: "这不是表格文件", en: "This is not a sheet"},
		sheet.ReasonHTML:        {zh: "这是网页，不是工作簿，请另存为 .xlsx", en: "This is a web page, not a workbook; save it as .xlsx"},
		sheet.ReasonTooWide:     {zh: "列数太多", en: "It has too many columns"},
		sheet.ReasonLongRow:     {zh: "有一行太长（超过 2 MB），可能缺少换行", en: "A row is too long (over 2 MB); line breaks may be missing"},
		sheet.ReasonMemory:      {zh: "读取需要的内存太多", en: "Reading it takes too much memory"},
		sheet.ReasonTimeout:     {zh: "读取太久没有进展", en: "Reading it made no progress"},
		sheet.ReasonNoSuchSheet: {zh: "没有这张工作表", en: "There is no such sheet"},
		sheet.ReasonUnreadable:  {zh: "系统不让读这个文件", en: "The system does not let it be read"},
	}
}

// problem is the sentence for what verify found.
func (p *program) problem(kind string) string {
	switch kind {
	case workspace.ProblemIndex:
		return p.say("列表与存储的内容不一致", "the list differs from what is stored")
	case workspace.ProblemImport:
		return p.say("一次导入的记录损坏，不能再接着写或在这里查看；导入的客户不受影响，没有删除任何东西", "the record of an import is damaged; it can neither go on nor be looked at here. Its customers are as they were; nothing was deleted")
	case "store":
		return p.say("存储文件损坏，没有删除任何东西", "a file of the store is damaged; nothing was deleted")
	case "salt":
		return p.say("密封内容的钥匙不对，这些内容读不了；没有删除任何东西", "the key material of sealed values is wrong, and they cannot be read; nothing was deleted")
	case "pending":
		return p.say("还没有发送的一次修改损坏，没有删除任何东西", "an edit that was not sent is damaged; nothing was deleted")
	}
	return p.say("有一条记录不对，已放到一边，没有删除任何东西", "a record is not right and was put aside; nothing was deleted")
}

// message is the sentence for a failure. It names no value.
func (p *program) message(k kind, err error) string {
	msg := messages()[k][p.lang]
	var locked *store.LockedError
	var unknown *fieldError
	var sealed *sealedError
	var header *headerError
	var query *queryError
	files := p.fileMessages(err)
	switch {
	case errors.As(err, &locked) && locked.PID > 0:
		msg += fmt.Sprintf(p.say("（进程 %d，电脑 %s）", " (process %d on %s)"), locked.PID, locked.Host)
	case k == "invite_used":
		msg = fmt.Sprintf(msg, p.used(err))
	case k == "corrupt" && workspace.DamagedFile(err) != "":
		file, text := workspace.DamagedFile(err), kind("damaged")
		if file == keychain.FileName {
			text = "damaged_keys" // never from a backup (KF7)
		}
		msg = fmt.Sprintf(messages()[text][p.lang], file)
	case len(files) > 0:
		msg = strings.Join(files, "; ")
	case errors.As(err, &sealed):
		msg = fmt.Sprintf(messages()["sealed_sort"][p.lang], sealed.name, sealed.field)
	case k == "usage":
		if what, ok := strings.CutPrefix(err.Error(), errUsage.Error()+": "); ok { // without a language: flags and words as typed
			msg += ": " + what
		}
	case errors.As(err, &header):
		msg += fmt.Sprintf(": %q", header.header)
	case errors.As(err, &query):
		msg += fmt.Sprintf(": %q", query.field)
	case errors.As(err, &unknown):
		msg += fmt.Sprintf(": %q", unknown.field)
	case k == "refused":
		if rule := ruleOf(err); rule != "" {
			msg += fmt.Sprintf(p.say("（规则 %s）", " (rule %s)"), rule)
		}
	case k == "internal" || k == "corrupt":
		msg += ": " + err.Error()
	}
	if line := cmp.Or(usageOf(p.command), "help"); k.misused() {
		msg += "\n  tongcectl " + line
	}
	return msg
}

// ruleOf is the id of the rule that refused, for whoever is asked about it.
func ruleOf(err error) string {
	rule := ""
	if r, ok := errors.AsType[*gate.Refusal](err); ok {
		rule = r.Rule
	} else if e, ok := errors.AsType[*charter.InvalidError](err); ok {
		rule = e.Rule
	}
	return regexp.MustCompile(`^[A-Z]{2}[0-9]*`).FindString(rule)
}

// used is when an invite was used, as far as the relay said so (IN6).
func (p *program) used(err error) string {
	refused, _ := errors.AsType[*peer.RefusedError](err)
	if refused == nil {
		return ""
	}
	at, bad := strconv.ParseInt(refused.UsedAt, 10, 64)
	if bad != nil || at <= 0 {
		return ""
	}
	return fmt.Sprintf(p.say("（%s）", " (%s)"), time.Unix(at, 0).Local().Format(time.DateTime))
}

// usageOf are the lines of the usage that are about a command.
func usageOf(command string) string {
	var lines []string
	for line := range strings.Lines(usage) {
		if line = strings.TrimSpace(line); command != "" && (line == command || strings.HasPrefix(line, command+" ")) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n  tongcectl ")
}

// fileMessages are the sentences for files that nothing was taken from, of
// several errors that were joined.
func (p *program) fileMessages(err error) (out []string) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			out = append(out, p.fileMessages(e)...)
		}
		return out
	}
	var (
		bad     *sheet.Error
		columns *columnsError
		none    *noSheetError
		name    *sheetNameError
		gone    *fileError
	)
	var file, one string
	switch {
	case errors.As(err, &name) && errors.As(err, &bad) && len(name.have) > 0:
		one = reasons()[bad.Reason][p.lang] + p.say("；有：", "; there are: ") + strings.Join(name.have, p.say("、", ", "))
	case errors.As(err, &bad):
		file, one = bad.File, reasons()[bad.Reason][p.lang]
	case errors.As(err, &columns):
		file, one = columns.file, fmt.Sprintf(messages()["no_columns"][p.lang], columns.rows)
	case errors.As(err, &none):
		file, one = none.file, messages()["no_sheet"][p.lang]
	case errors.As(err, &gone):
		file, one = gone.file, messages()[kindOf(gone.err)][p.lang]
	default:
		return nil
	}
	if file != "" {
		one = file + ": " + one
	}
	return []string{one}
}

// say picks the sentence of the language.
func (p *program) say(chinese, english string) string {
	if p.lang == zh {
		return chinese
	}
	return english
}

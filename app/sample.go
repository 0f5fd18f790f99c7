package app

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"tongce/app/book"
	"tongce/app/keychain"
	"tongce/app/workspace"
)

// sampleSize is how many customers the invented book has.
const sampleSize = 200

// Sample makes and opens the invented book, where there is none yet.
func (s *Start) Sample() (out StartState, err error) {
	defer guard(s.app, "Start.Sample", &out, &err)()
	a := s.app
	<-a.ready
	a.opening.Lock()
	defer a.opening.Unlock()
	if _, err := keychain.Inspect(a.cfg.Dir); !errors.Is(err, keychain.ErrNoFile) {
		return out, workspace.ErrExists
	}
	if err := a.makeSample(); err != nil {
		return out, err
	}
	return a.state(), nil
}

// makeSample makes the invented company. opening is held.
func (a *App) makeSample() error {
	w, kit, err := workspace.Create(a.ctx, a.deps(), workspace.CreateSpec{
		Dir: a.cfg.Dir, Company: "锦成机电（示例）", Member: "李强", Department: "华东一部", Device: workspace.DefaultDevice(),
		Passphrase: []byte(samplePassphrase),
	})
	if err != nil {
		return err
	}
	kit.Close()
	if err := a.settings.change(func(k *kept) { k.Sample = true }); err != nil {
		return errors.Join(err, w.Close())
	}
	if err := a.fillSample(w); err != nil {
		return errors.Join(err, w.Close())
	}
	a.use(w)
	return nil
}

// fillSample invents customers, the same on every computer; their numbers look
// invented too.
func (a *App) fillSample(w *workspace.Workspace) error {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // invented people need no secrecy
	for i := range sampleSize {
		if _, _, err := w.Book.Create(a.ctx, sampleCustomer(r, i)); err != nil {
			return fmt.Errorf("sample customer %d: %w", i, err)
		}
	}
	return nil
}

func oneOf(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }

func sampleCustomer(r *rand.Rand, i int) []book.Set {
	place := [][3]string{
		{"江苏省", "苏州市", "吴中区"}, {"浙江省", "宁波市", "鄞州区"}, {"上海市", "上海市", "嘉定区"}, {"江苏省", "无锡市", "新吴区"},
		{"浙江省", "杭州市", "余杭区"}, {"安徽省", "合肥市", "蜀山区"}, {"山东省", "青岛市", "黄岛区"}, {"广东省", "东莞市", ""},
	}[r.IntN(8)]
	person := i%9 == 8
	surname := oneOf(r, "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗")
	given := oneOf(r, "芳", "敏", "静", "磊", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "霞", "平", "刚", "桂英", "建国", "晓燕", "文博", "思远")
	name := surname + given
	if !person {
		city := []rune(place[1])
		name = string(city[:2]) + oneOf(r, "恒锐", "海沃", "锦源", "博川", "启明", "云帆", "正泰和", "德力", "宏图", "新越", "天工", "瑞丰", "华晟", "中科联", "佳禾", "远景达") +
			oneOf(r, "精密机械", "液压", "自动化", "电子", "新材料", "环保设备", "模具", "包装", "物流装备", "食品机械") + "有限公司"
	}
	sets := []book.Set{
		{Field: "name", Text: name},
		{Field: "contact", Text: surname + given},
		{Field: "mobile", Text: fmt.Sprintf("%s0000%04d", oneOf(r, "138", "139", "158", "186"), r.IntN(10_000))},
		{Field: "province", Text: place[0]}, {Field: "city", Text: place[1]}, {Field: "district", Text: place[2]},
		{Field: "source", Text: oneOf(r, "展会", "转介绍", "网站", "电话")},
		{Field: "level", Text: oneOf(r, "重点", "普通", "普通", "一般")},
		{Field: "stage", Text: oneOf(r, "线索", "接触", "需求", "报价", "谈判", "成交", "流失")},
		{Field: "contract_amount", Text: fmt.Sprintf("%d", (1+r.IntN(200))*5000)},
		{Field: "next_contact", Text: sampleDay(r)},
		{Field: "remark", Text: oneOf(r, "", "", "", "要含税价", "周五下午开会", "先看样品", "财务在总部", "送货要预约")},
	}
	if !person {
		sets = append(sets, book.Set{Field: "industry", Text: oneOf(r, "机械制造", "电子", "化工", "食品", "物流")},
			book.Set{Field: "email", Text: fmt.Sprintf("c%03d@kehu.example", i)})
	}
	return sets
}

func sampleDay(r *rand.Rand) string {
	return fmt.Sprintf("2026-%02d-%02d", 11+r.IntN(2), 1+r.IntN(28))
}

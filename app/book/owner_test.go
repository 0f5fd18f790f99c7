package book_test

import (
	"slices"
	"testing"

	"tongce/app/book"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
)

// The texts say who a customer belongs to, and the rights follow them where
// they name one member and the writer may assign.
func TestDO9_OwnerByNameAndByRight(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 1)
	li := w.Join(charter.RoleColleague, chartertest.Sales, "李强")
	chen := w.Join(charter.RoleColleague, chartertest.Service, "陈静")
	plain := w.Join(chartertest.RoleSales, chartertest.Sales, "孙磊")
	for _, c := range []struct {
		name       string
		at         *chartertest.Device
		create     []book.Set
		set        []book.Set
		owner      string
		department string
		right      canon.MemberID
		within     string
	}{
		{"made by hand", li, nil, nil, "李强", "销售部", li.Member, chartertest.Sales},
		{"made for a colleague", li, []book.Set{{Field: "owner", Text: "陈静"}}, nil, "陈静", "客服部", chen.Member, chartertest.Service},
		{"made for somebody unknown", li, []book.Set{{Field: "owner", Text: "王芳"}}, nil, "王芳", "销售部", li.Member, chartertest.Sales},
		{"department typed", li, []book.Set{{Field: "department", Text: "销售一部"}}, nil, "李强", "销售一部", li.Member, chartertest.Sales},
		{"given away later", li, nil, []book.Set{{Field: "owner", Text: "陈静"}}, "陈静", "销售部", chen.Member, chartertest.Sales},
		{"moved later", li, nil, []book.Set{{Field: "department", Text: "财务部"}}, "李强", "财务部", li.Member, chartertest.Finance},
		{"cleared later", li, nil, []book.Set{{Field: "owner"}}, "", "销售部", li.Member, chartertest.Sales},
		{"who may not assign", plain, []book.Set{{Field: "owner", Text: "陈静"}}, nil, "陈静", "销售部", plain.Member, chartertest.Sales},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, w, c.at)
			doc, _, err := d.Create(t.Context(), append([]book.Set{{Field: "name", Text: "锦成机电有限公司"}}, c.create...))
			if err != nil {
				t.Fatal(err)
			}
			if c.set != nil {
				if _, err := d.Set(t.Context(), doc, c.set...); err != nil {
					t.Fatal(err)
				}
			}
			card, err := d.Get(doc)
			if err != nil {
				t.Fatal(err)
			}
			if got := card.Field("owner").Lead().Text; got != c.owner {
				t.Errorf("owner: got %q, want %q", got, c.owner)
			}
			if got := card.Field("department").Lead().Text; got != c.department {
				t.Errorf("department: got %q, want %q", got, c.department)
			}
			if !slices.Equal(card.Owners, []canon.MemberID{c.right}) {
				t.Errorf("owner by right: got %v, want %v", card.Owners, c.right)
			}
			if !slices.Equal(card.Departments, []string{c.within}) {
				t.Errorf("department by right: got %v, want %v", card.Departments, c.within)
			}
		})
	}
}

package sheet

import (
	"cmp"
	"slices"
	"strings"

	"tongce/app/quality"
	"tongce/app/schema"
)

// several says that a field takes values of more than one column.
func several(key string) bool {
	return key == "mobile" || key == "phone" || key == schema.ColumnTel || key == "email"
}

// each are all numbers or addresses of a cell, those of the field first.
func (c PlanCell) each() []string {
	if !several(c.Field) {
		return append([]string{c.Value}, c.More...)
	}
	var all []string
	for _, v := range append([]string{c.Value}, c.More...) {
		for _, one := range quality.Split(v) {
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// together are the numbers of two values as one.
func together(a, b string) string {
	all := quality.Split(a)
	for _, v := range quality.Split(b) {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return strings.Join(all, quality.Join)
}

// beside puts the numbers of another cell behind those that are there, those that
// cannot be read last.
func beside(c *PlanCell, o PlanCell) {
	first, second := c.Value, o.Value
	if c.Status == StatusWrong {
		first, second = second, first
	}
	c.Value = together(first, second)
	if worst := max(c.Status, o.Status); worst >= StatusLook {
		if c.Status != o.Status {
			worst = StatusLook
		}
		c.Status, c.Code, c.Suggest = worst, cmp.Or(c.Code, o.Code), ""
	}
}

// within tells whether everything of a value stands in another.
func within(value, other string) bool {
	all := quality.Split(other)
	return !slices.ContainsFunc(quality.Split(value), func(v string) bool { return !slices.Contains(all, v) })
}

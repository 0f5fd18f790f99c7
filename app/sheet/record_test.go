package sheet

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// fill sets every field of a value, so that one which the stored form forgets
// does not come back.
func fill(v reflect.Value, rng *rand.Rand, always bool) {
	if !always && rng.IntN(3) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(rng.IntN(1<<30) - 1<<20))
	case reflect.Uint8:
		v.SetUint(uint64(1 + rng.IntN(3)))
	case reflect.String:
		v.SetString(fmt.Sprint("值", rng.IntN(1000)))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+rng.IntN(3), 3))
		for i := range v.Len() {
			fill(v.Index(i), rng, always)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "_" && name != "Alike" {
				fill(v.Field(i), rng, always)
			}
		}
	default:
		panic("a kind of field that the test does not know: " + v.Kind().String())
	}
}

func TestPlanRowsComeBackWhole(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for n := range 500 {
		var r PlanRow
		fill(reflect.ValueOf(&r).Elem(), rng, n < 3)
		rec := record(&r)
		got, err := decodePlanRow(rec.Value)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&r, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("row (-stored +read): %s", diff)
		}
		if (r.All == nil) != (got.All == nil) {
			t.Fatal("a row that nothing was merged into came back as one with")
		}
		for cut := range rec.Value {
			if _, err := decodePlanRow(rec.Value[:cut]); err == nil {
				t.Fatalf("cut at %d of %d: no error", cut, len(rec.Value))
			}
		}
	}
}

func FuzzPlanRow(f *testing.F) {
	var r PlanRow
	fill(reflect.ValueOf(&r).Elem(), rand.New(rand.NewPCG(1, 1)), true)
	f.Add(record(&r).Value)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodePlanRow(b)
		if err != nil {
			return
		}
		again, err := decodePlanRow(record(got).Value)
		if diff := cmp.Diff(got, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%v (-once +twice): %s", err, diff)
		}
	})
}

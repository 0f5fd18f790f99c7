package quality

import "strings"

// areas lists the four-digit area codes of the mainland by their first two
// digits after the zero; the characters are the possible third ones.
var areas = map[string]string{
	"31": "0123456789", "33": "5", "34": "9", "35": "0123456789", "37": "0123456789", "39": "12345678",
	"41": "0123456789", "42": "179", "43": "123456789", "44": "0", "45": "123456789", "46": "46789", "47": "0123456789", "48": "23",
	"51": "0123456789", "52": "37", "53": "0123456789", "54": "36", "55": "0123456789", "56": "123456", "57": "0123456789", "58": "0", "59": "1234567890",
	"63": "12345", "66": "0238", "69": "12", "70": "1", "71": "0123456789", "72": "248", "73": "0123456789", "74": "3456", "75": "0123456789",
	"76": "0235689", "77": "0123456789", "79": "0123456789",
	"81": "23678", "82": "567", "83": "0123456789", "85": "123456789", "87": "0123456789", "88": "36789", "89": "12345678",
	"90": "1236899", "91": "0123456789", "93": "0123456789", "94": "13", "95": "12345", "97": "0123456789", "99": "0123456789",
}

// eight lists areas that are known to have numbers of eight digits; a shorter
// one there has lost a digit. Areas not listed may have seven or eight.
const eight = " 311 371 377 379 411 431 451 510 511 512 513 514 515 516 517 518 519 523 527 531 532 551 571 573 574 575 576 577 579 591 595 731 755 757 769 791 851 871 898 "

// areaLen gives the length of the area code at the start of a number: 3 for 010
// and 02x, 4 for a known other one, else 0.
func areaLen(d string) int {
	switch {
	case len(d) < 4 || d[0] != '0':
		return 0
	case d[1] == '2' && d[2] != '6', d[1] == '1' && d[2] == '0':
		return 3
	case strings.IndexByte(areas[d[1:3]], d[3]) >= 0:
		return 4
	}
	return 0
}

// landline reads the digits of a landline number, area code first. An area
// code without its zero (a number cell, or behind +86) gets it back if restore
// is true.
func landline(d string, restore bool) Result {
	if (strings.HasPrefix(d, "400") || strings.HasPrefix(d, "800")) && len(d) == 10 {
		return Result{Value: d[:3] + "-" + d[3:]}
	}
	if d[0] == '0' {
		return withArea(d)
	}
	if len(d) >= 10 && restore {
		if r := withArea("0" + d); r.Status == OK && d[0] != '1' || r.Status == OK && strings.HasPrefix(d, "10") && len(d) == 10 {
			return r
		}
	}
	switch {
	case len(d) >= 5 && len(d) <= 6 && (d[0] == '9' || d[0] == '1' && d[1] <= '2'): // 95588, 10086, 12345; 187970 is a cut mobile
		return Result{Value: d}
	case (len(d) == 7 || len(d) == 8) && d[0] >= '2':
		return Result{Value: d, Status: Doubt, Code: "phone_no_area"}
	case len(d) < 11:
		return Result{Value: d, Status: Bad, Code: "phone_short"}
	case len(d) > 11:
		return Result{Value: d, Status: Bad, Code: "phone_long"}
	}
	return Result{Value: d, Status: Bad, Code: "phone_chars"}
}

func withArea(d string) Result {
	n := areaLen(d)
	if n == 0 {
		code := "phone_area"
		if len(d) < 10 {
			code = "phone_short"
		} else if len(d) > 12 {
			code = "phone_long"
		}
		return Result{Value: d, Status: Bad, Code: code}
	}
	local := len(d) - n
	r := Result{Value: d[:n] + "-" + d[n:]}
	switch {
	case local < 7:
		return Result{Value: d, Status: Bad, Code: "phone_short"}
	case local > 8:
		return Result{Value: d, Status: Bad, Code: "phone_long"}
	case d[n] == '0' || d[n] == '1':
		return Result{Value: d, Status: Bad, Code: "phone_chars"}
	case local == 7 && (n == 3 || strings.Contains(eight, " "+d[1:4]+" ")):
		r.Status, r.Code = Doubt, "phone_length"
	}
	return r
}

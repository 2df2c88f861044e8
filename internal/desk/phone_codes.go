package desk

import "strings"

// listed reports whether a word stands in a list separated by blanks.
func listed(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// hasCountryCode reports whether digits start with an assigned country code.
func hasCountryCode(digits string) bool { return countryCode(digits) != "" }

// countryCode returns the country calling code digits start with (ITU-T
// E.164), or "". No code is the beginning of another.
func countryCode(digits string) string {
	if digits == "" {
		return ""
	}
	if digits[0] == '1' || digits[0] == '7' {
		return digits[:1]
	}
	if len(digits) >= 2 && listed(twoDigitCodes, digits[:2]) {
		return digits[:2]
	}
	if len(digits) >= 3 && listed(threeDigitCodes, digits[:3]) {
		return digits[:3]
	}
	return ""
}

const (
	twoDigitCodes = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
		"60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
	threeDigitCodes = "211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 " +
		"238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 " +
		"265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 " +
		"376 377 378 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 " +
		"592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 " +
		"690 691 692 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 " +
		"968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998"
)

// StateOfDDD returns the Brazilian state (UF) of an area code, or "" when there
// is no such code. 61 also serves places around the Federal District in Goiás.
func StateOfDDD(ddd string) string {
	switch ddd {
	case "11", "12", "13", "14", "15", "16", "17", "18", "19":
		return "SP"
	case "21", "22", "24":
		return "RJ"
	case "27", "28":
		return "ES"
	case "31", "32", "33", "34", "35", "37", "38":
		return "MG"
	case "41", "42", "43", "44", "45", "46":
		return "PR"
	case "47", "48", "49":
		return "SC"
	case "51", "53", "54", "55":
		return "RS"
	case "61":
		return "DF"
	case "62", "64":
		return "GO"
	case "63":
		return "TO"
	case "65", "66":
		return "MT"
	case "67":
		return "MS"
	case "68":
		return "AC"
	case "69":
		return "RO"
	}
	return stateOfNorthernDDD(ddd)
}

// stateOfNorthernDDD covers Bahia, the Northeast and the North.
func stateOfNorthernDDD(ddd string) string {
	switch ddd {
	case "71", "73", "74", "75", "77":
		return "BA"
	case "79":
		return "SE"
	case "81", "87":
		return "PE"
	case "82":
		return "AL"
	case "83":
		return "PB"
	case "84":
		return "RN"
	case "85", "88":
		return "CE"
	case "86", "89":
		return "PI"
	case "91", "93", "94":
		return "PA"
	case "92", "97":
		return "AM"
	case "95":
		return "RR"
	case "96":
		return "AP"
	case "98", "99":
		return "MA"
	}
	return ""
}

package desk

import (
	"regexp"
	"strings"
)

var (
	cpfPattern  = regexp.MustCompile(`^[0-9]{11}$`)
	cnpjPattern = regexp.MustCompile(`^[0-9A-Z]{12}[0-9]{2}$`)
)

// ValidDocument returns a CPF (11 digits) or CNPJ (14 digits or, since July
// 2026, letters too; Receita Federal IN 2.229/2024) without punctuation, or a
// 422 invalid_document. An empty document stays empty.
func ValidDocument(field, document string) (string, error) {
	d := strings.ToUpper(strings.NewReplacer(".", "", "/", "", "-", "", " ", "").Replace(document))
	switch {
	case d == "", validCPF(d), validCNPJ(d):
		return d, nil
	}
	return "", RefuseField(field, CodeInvalidDocument)
}

func validCPF(d string) bool {
	return cpfPattern.MatchString(d) && !sameChar(d) &&
		checkDigit(d[:9], 11) == d[9] && checkDigit(d[:10], 11) == d[10]
}

func validCNPJ(d string) bool {
	return cnpjPattern.MatchString(d) && !sameChar(d) &&
		checkDigit(d[:12], 9) == d[12] && checkDigit(d[:13], 9) == d[13]
}

func sameChar(d string) bool { return strings.Trim(d, d[:1]) == "" }

// checkDigit is the modulo 11 digit of both documents. Weights grow from 2 at
// the right end and start again after highest; a character counts as its ASCII
// code less 48, so that A is 17.
func checkDigit(d string, highest int) byte {
	sum, weight := 0, 2
	for i := len(d) - 1; i >= 0; i-- {
		sum += int(d[i]-'0') * weight
		if weight++; weight > highest {
			weight = 2
		}
	}
	if r := sum % 11; r >= 2 {
		return byte('0' + 11 - r)
	}
	return '0'
}

package whatsappcloud

import "time"

// rule says what an error of Meta's means for us.
type rule struct {
	key   string
	retry bool
	after time.Duration
	auth  bool // the connection as a whole can't go on
	stop  bool // nothing of the account may be sent
}

// rules is Meta's table of errors (support/error-codes, 11 Sep 2026), by code.
// What is not retryable may carry a time before which trying by hand is
// pointless.
var rules = map[int]rule{
	0:   {key: KeyAuthFailed, auth: true},
	102: {key: KeyAuthFailed, auth: true},
	104: {key: KeyAuthFailed, auth: true},
	190: {key: KeyAuthFailed, auth: true},
	3:   {key: KeyPermission, auth: true},
	10:  {key: KeyPermission, auth: true},
	33:  {key: KeyNumberMissing, auth: true},
	803: {key: KeyNumberMissing, auth: true},

	1:      {key: KeyProviderDown, retry: true},
	2:      {key: KeyProviderDown, retry: true},
	131000: {key: KeyProviderDown, retry: true},
	131016: {key: KeyProviderDown, retry: true},
	133004: {key: KeyProviderDown, retry: true},
	131057: {key: KeyMaintenance, retry: true, after: time.Minute},

	4:      {key: KeyAPIRate, retry: true, after: 2 * time.Minute},
	17:     {key: KeyAPIRate, retry: true, after: 2 * time.Minute},
	32:     {key: KeyAPIRate, retry: true, after: 2 * time.Minute},
	613:    {key: KeyAPIRate, retry: true, after: 2 * time.Minute},
	80007:  {key: KeyAPIRate, retry: true, after: 5 * time.Minute},
	80008:  {key: KeyAPIRate, retry: true, after: 5 * time.Minute},
	130429: {key: KeyThroughput, retry: true},
	131056: {key: KeyPairRate, retry: true, after: time.Second}, // grows, see pairs
	131048: {key: KeySpamRate, after: time.Hour},

	100:    {key: KeyInvalidRequest},
	131008: {key: KeyInvalidRequest},
	131009: {key: KeyInvalidRequest},
	135000: {key: KeyInvalidRequest},

	368:    {key: KeyPolicyBlock, stop: true},
	131031: {key: KeyAccountLocked, stop: true},
	131037: {key: KeyDisplayName, stop: true},
	131042: {key: KeyPayment, stop: true},
	131005: {key: KeyPermission, auth: true},
	131045: {key: KeyNotRegistered, auth: true},
	133010: {key: KeyNotRegistered, auth: true},

	130403: {key: KeyContactBlocked},
	130472: {key: KeyExperiment},
	130497: {key: KeyCountryBlocked},
	131021: {key: KeyRecipientIsSender},
	131026: {key: KeyUndeliverable},
	131030: {key: KeyRecipientNotAllowed},
	131047: {key: KeyWindowClosed},
	131049: {key: KeyEcosystemLimit, after: 24 * time.Hour},
	131050: {key: KeyOptedOut},
	131051: {key: KeyUnsupportedType},
	131052: {key: KeyMediaUnfetchable},
	131053: {key: KeyMediaRefused},
	131062: {key: KeyNeedsPhone},

	131055: {key: KeyMarketingAPI},
	134100: {key: KeyMarketingAPI},
	134101: {key: KeyMarketingAPI, after: 10 * time.Minute},
	134102: {key: KeyMarketingAPI},
	131063: {key: KeyMarketingDisabled},
	131064: {key: KeyTemplateCategory},
	134011: {key: KeyPaymentTerms},

	132000:  {key: KeyTemplateParams},
	132012:  {key: KeyTemplateParams},
	132018:  {key: KeyTemplateParams},
	132001:  {key: KeyTemplateMissing},
	132005:  {key: KeyTemplateTextTooLong},
	132007:  {key: KeyTemplatePolicy},
	132015:  {key: KeyTemplatePaused},
	132016:  {key: KeyTemplateDisabled},
	132068:  {key: KeyFlow},
	132069:  {key: KeyFlow, after: time.Hour},
	2388019: {key: KeyTemplateLimit},
	2388024: {key: KeyTemplateTaken},

	133000: {key: KeyRegistration},
	133005: {key: KeyRegistration},
	133006: {key: KeyRegistration},
	133008: {key: KeyRegistration, after: time.Hour},
	133009: {key: KeyRegistration, after: time.Minute},
	133015: {key: KeyRegistration, after: 5 * time.Minute},
	133016: {key: KeyRegistration, after: 72 * time.Hour},

	138006:  {key: KeyCallPermission},
	139100:  {key: KeyBlockList},
	139101:  {key: KeyBlockList},
	139102:  {key: KeyBlockList, retry: true},
	139103:  {key: KeyBlockList, retry: true},
	147001:  {key: KeyUsername},
	147002:  {key: KeyUsername},
	147003:  {key: KeyUsername},
	147004:  {key: KeyUsername},
	2593107: {key: KeyHistory},
	2593108: {key: KeyHistory},
	2593109: {key: KeyHistory},
}

// objectMissing is the subcode that turns 100 into 33: the object does not
// exist, or the token may not see it.
const objectMissing = 33

// ruleOf finds the rule of an error; ok is false for codes Meta has not
// published.
func ruleOf(code, subcode int) (rule, bool) {
	switch {
	case code == 100 && subcode == objectMissing:
		return rules[objectMissing], true
	case code == 100 && rules[subcode].key != "" && subcode > 2_000_000:
		return rules[subcode], true
	}
	for _, c := range []int{code, subcode} {
		if c >= 2_388_000 && c < 2_389_000 && rules[c].key == "" {
			return rule{key: KeyTemplateInvalid}, true
		}
	}
	if code >= 200 && code <= 299 {
		return rule{key: KeyPermission, auth: true}, true
	}
	r, ok := rules[code]
	return r, ok
}

package whatsappcloud

// Keys of failures: stable reasons that the browser translates. Those that the
// core also refuses by itself have the same words as its codes.
const (
	KeyWindowClosed        = "window_closed"           // more than 24 h since the contact wrote
	KeyUndeliverable       = "undeliverable"           // no WhatsApp there, terms not accepted, app too old
	KeyEcosystemLimit      = "ecosystem_limit"         // the contact gets enough marketing for now
	KeyExperiment          = "marketing_experiment"    // the contact is in a control group of Meta's
	KeyOptedOut            = "opted_out"               // the contact stopped marketing
	KeyContactBlocked      = "contact_blocked"         // blocked by us at Meta
	KeyNeedsPhone          = "needs_phone"             // cannot go to a user id alone, or there is no address
	KeyRecipientIsSender   = "recipient_is_sender"     // our own number
	KeyRecipientNotAllowed = "recipient_not_allowed"   // a test number may only write to its list
	KeyCountryBlocked      = "country_blocked"         // we may not write to that country
	KeyPairRate            = "pair_rate"               // too many to this contact
	KeyThroughput          = "throughput"              // too many at once
	KeyAPIRate             = "api_rate"                // too many calls of the API
	KeySpamRate            = "spam_rate"               // limited because people blocked or reported us
	KeyAuthFailed          = "auth_failed"             // token invalid or expired
	KeyPermission          = "permission"              // token without the permission needed
	KeyNumberMissing       = "number_missing"          // number or account unknown to Meta, or of another app
	KeyNotRegistered       = "not_registered"          // number not registered with the Cloud API
	KeyRegistration        = "registration"            // registering the number went wrong
	KeyAccountLocked       = "account_locked"          // locked for a violation
	KeyPolicyBlock         = "policy_block"            // blocked for a time by policy
	KeyPayment             = "payment"                 // no valid way of payment
	KeyPaymentTerms        = "payment_terms"           // terms of payment not accepted
	KeyDisplayName         = "display_name"            // display name not approved
	KeyMarketingAPI        = "marketing_api"           // not set up for the marketing messages API
	KeyMarketingDisabled   = "marketing_disabled"      // marketing templates switched off for the account
	KeyTemplateMissing     = "template_missing"        // no such template in that language, or not approved
	KeyTemplateParams      = "template_params"         // parameters do not fit the template
	KeyTemplatePaused      = "template_paused"         // paused for its quality
	KeyTemplateDisabled    = "template_disabled"       // disabled for its quality
	KeyTemplateTextTooLong = "template_text_too_long"  // too long with its values put in
	KeyTemplatePolicy      = "template_policy"         // its content breaks policy
	KeyTemplateCategory    = "template_category_limit" // too many templates in the wrong category
	KeyTemplateTaken       = "template_taken"          // name and language exist
	KeyTemplateLimit       = "template_limit"          // no room for more templates
	KeyTemplateInvalid     = "template_invalid"        // Meta does not take this definition
	KeyFlow                = "flow_blocked"            // the form is blocked or throttled
	KeyCallPermission      = "call_permission"         // the contact did not permit calls
	KeyBlockList           = "block_list"              // the list of blocked contacts could not be changed
	KeyUsername            = "username"                // the user name could not be set
	KeyHistory             = "history_refused"         // the phone did not share its history
	KeyUnsupportedType     = "unsupported_type"        // this kind of message cannot be sent
	KeyMessageTooLong      = "message_too_long"        // a text above its limit
	KeyMessageEmpty        = "message_empty"           // nothing to send
	KeyTooMany             = "too_many"                // more parts than a message may have
	KeyMediaRefused        = "media_refused"           // kind, size or content of the file
	KeyMediaUnfetchable    = "media_unfetchable"       // a file that could not be downloaded
	KeyMediaMissing        = "media_missing"           // a file that is not there any more
	KeyMaintenance         = "maintenance"             // the number is being upgraded
	KeyProviderDown        = "provider_down"           // Meta has trouble
	KeyNetwork             = "network"                 // Meta was not reached
	KeyTimeout             = "timeout"                 // no answer in time
	KeyUnreadableAnswer    = "unreadable_answer"       // an answer that says nothing
	KeyInvalidRequest      = "invalid_request"         // Meta finds something wrong in the request
	KeyMisconfigured       = "misconfigured"           // the connection's settings cannot be used
	KeyRejected            = "rejected"                // refused for another reason
)

// FailureKeys lists every key, for translations.
func FailureKeys() []string {
	return []string{
		KeyWindowClosed, KeyUndeliverable, KeyEcosystemLimit, KeyExperiment, KeyOptedOut, KeyContactBlocked, KeyNeedsPhone,
		KeyRecipientIsSender, KeyRecipientNotAllowed, KeyCountryBlocked, KeyPairRate, KeyThroughput, KeyAPIRate, KeySpamRate,
		KeyAuthFailed, KeyPermission, KeyNumberMissing, KeyNotRegistered, KeyRegistration, KeyAccountLocked, KeyPolicyBlock,
		KeyPayment, KeyPaymentTerms, KeyDisplayName, KeyMarketingAPI, KeyMarketingDisabled, KeyTemplateMissing,
		KeyTemplateParams, KeyTemplatePaused, KeyTemplateDisabled, KeyTemplateTextTooLong, KeyTemplatePolicy,
		KeyTemplateCategory, KeyTemplateTaken, KeyTemplateLimit, KeyTemplateInvalid, KeyFlow, KeyCallPermission, KeyBlockList,
		KeyUsername, KeyHistory, KeyUnsupportedType, KeyMessageTooLong, KeyMessageEmpty, KeyTooMany, KeyMediaRefused,
		KeyMediaUnfetchable, KeyMediaMissing, KeyMaintenance, KeyProviderDown, KeyNetwork, KeyTimeout, KeyUnreadableAnswer,
		KeyInvalidRequest, KeyMisconfigured, KeyRejected,
	}
}

package desk

// The lists below enumerate the vocabulary for the API document and the
// translations; a test holds them equal to the constants.

// Codes lists every error code of the API.
func Codes() []Code {
	return []Code{
		CodeNotFound, CodeForbidden, CodeUnauthorized, CodeInternal, CodeValidation, CodeMalformed,
		CodeTooLarge, CodeTooManyRequests, CodeUnavailable, CodeUnknownField, CodeRequired, CodeInvalid,
		CodeTooShort, CodeTooLong, CodeOutOfRange, CodeInvalidCursor, CodeInvalidPhone, CodeInvalidEmail,
		CodeInvalidColor, CodeInvalidTimeZone, CodeInvalidDocument, CodeInvalidCredentials, CodeLockedOut,
		CodeAccountRequired, CodeSetupDone, CodeSetupCode, CodeWeakPassword, CodeWrongPassword, CodeLastAdmin,
		CodeNameTaken, CodeEmailTaken, CodePhoneTaken, CodeInUse, CodeQueueInUse, CodeDefaultRequired,
		CodeNotAMember, CodeConnectionNotAllowed, CodeConnectionUnavailable, CodeNumberInUse,
		CodeUnknownReference, CodeInvalidTransition, CodeAlreadyAccepted, CodeLiveTicket, CodeQueueRequired,
		CodeNoQueue, CodeNoChange, CodeReadOnly, CodeWindowClosed, CodeUnsupportedContent, CodeContactBlocked,
		CodeContactUnreachable, CodeTemplateRequired, CodeTemplateNotApproved, CodeTemplateParameters,
		CodeTemplateTaken, CodeAlreadyLeft, CodeNotRetryable, CodeIdempotencyMismatch, CodeIdempotencyKey,
		CodeMediaTooLarge, CodeMediaKind, CodeMediaEmpty, CodeTooManyFiles, CodeEmptyMessage,
		CodeProviderRefused, CodeSimulatorOff, CodeGreetingRequired, CodeMergeLiveTickets,
		CodeUnsupportedKind, CodeSecretKey, CodeTypeRequired, CodeTagRequired, CodeTokenScope,
		CodePersonShared, CodeOneQueue,
	}
}

// EventTypes lists every event type.
func EventTypes() []EventType {
	return []EventType{
		EvTicketCreated, EvTicketQueued, EvTicketAccepted, EvTicketReturned, EvTicketTransferred,
		EvTicketClosed, EvTicketReopened, EvTicketAccessed, EvTicketPeeked, EvTicketTagged, EvTicketTyped,
		EvTicketWallet, EvTicketSeen, EvTicketUpdated, EvTicketStartRefused,
		EvMessageReceived, EvMessageCreated, EvMessageStatus, EvMessageFailed, EvMessageUncertain,
		EvMessageWaiting, EvMessageFlushed, EvMessageCanceled, EvMessageExpired, EvMessageEdited, EvMessageDeleted,
		EvMessageDismissed, EvMessageReaction, EvWindowClosed,
		EvContactCreated, EvContactUpdated, EvContactDeleted, EvContactOptOut,
		EvUserCreated, EvUserUpdated, EvUserDeleted, EvUserPresence,
		EvTeamCreated, EvTeamUpdated, EvTeamDeleted,
		EvQueueCreated, EvQueueUpdated, EvQueueDeleted,
		EvConnectionCreated, EvConnectionUpdated, EvConnectionDeleted, EvConnectionState, EvConnectionAlert,
		EvTagCreated, EvTagUpdated, EvTagDeleted,
		EvTypeCreated, EvTypeUpdated, EvTypeDeleted,
		EvTemplateCreated, EvTemplateUpdated, EvTemplateDeleted,
		EvAccountCreated, EvAccountUpdated, EvSettingsUpdated,
		EvSessionStarted, EvSessionEnded, EvRawReplayed,
	}
}

// Roles lists the roles, from least to most.
func Roles() []Role { return []Role{RoleUser, RoleSupervisor, RoleAdmin} }

// TicketStatuses lists the states of a ticket.
func TicketStatuses() []TicketStatus { return []TicketStatus{Pending, Open, Closed} }

// Origins lists who may have spoken first.
func Origins() []Origin { return []Origin{OriginActive, OriginInbound} }

// CloseSources lists what may close a ticket.
func CloseSources() []CloseSource {
	return []CloseSource{ClosedByAgent, ClosedByAPI, ClosedByAuto, ClosedByRecord}
}

// Directions lists the directions of a message.
func Directions() []Direction { return []Direction{In, Out} }

// Authors lists who may have written a message.
func Authors() []Author {
	return []Author{AuthorContact, AuthorUser, AuthorAPI, AuthorSystem, AuthorPhone}
}

// MessageTypes lists what a message may carry.
func MessageTypes() []MessageType {
	return []MessageType{
		TypeText, TypeImage, TypeVideo, TypeAudio, TypeVoice, TypeDocument, TypeSticker, TypeLocation,
		TypeContacts, TypeInteractive, TypeTemplate, TypeOrder, TypeCall, TypeSystem, TypeReaction, TypeUnsupported,
	}
}

// MessageStatuses lists the states of a message, received ones first.
func MessageStatuses() []MessageStatus {
	return append([]MessageStatus{StatusReceived}, messageOrder...)
}

// MediaStates lists the states of a file.
func MediaStates() []MediaState { return []MediaState{MediaPending, MediaReady, MediaFailed} }

// ChannelKinds lists the channels, whether this build has their adapter or not.
func ChannelKinds() []ChannelKind {
	return []ChannelKind{
		WhatsAppOfficial, WhatsAppUnofficial, Telegram, Instagram, Messenger, Webchat, Email, SMS, VoIP,
	}
}

// ConnectionStates lists the states of a connection.
func ConnectionStates() []ConnectionState {
	return []ConnectionState{Disconnected, Connecting, QRRequired, Connected, Degraded, AuthFailed}
}

// ActorKinds lists who may cause an event.
func ActorKinds() []ActorKind { return []ActorKind{ActorUser, ActorContact, ActorSystem, ActorAPI} }

// IdentityKinds lists the sorts of address.
func IdentityKinds() []IdentityKind {
	return []IdentityKind{IdentityPhone, IdentityEmail, IdentityWhatsApp}
}

// SettingTypes lists the kinds of value a setting may hold.
func SettingTypes() []SettingType {
	return []SettingType{
		SettingBool, SettingInt, SettingEnum, SettingText, SettingURL, SettingHours, SettingWords, SettingRef,
	}
}

// SettingAreas lists the areas of settings in the order of the screen.
func SettingAreas() []SettingArea {
	return []SettingArea{
		AreaVisibility, AreaRights, AreaRouting, AreaMessages, AreaClosing, AreaLimits, AreaOther,
	}
}

// AccountActions lists the actions that don't belong to a single ticket.
func AccountActions() []Action {
	return []Action{
		ActStart, ActContactEdit, ActContactBlock, ActContactDelete, ActContactMerge, ActWalletSet,
		ActTagEdit, ActTypeEdit, ActUserView, ActUserEdit, ActUserDelete, ActTeamEdit, ActTeamDelete,
		ActQueueEdit, ActQueueDelete, ActConnectionView, ActConnectionCheck, ActConnectionEdit,
		ActTemplateSync, ActTemplateEdit, ActSettingsEdit, ActAccountEdit, ActHistoryView, ActRawEvents,
		ActWaitingAny,
	}
}

// FailureCodes lists the reasons of Failure.Code and of a connection's state
// that the interface has words for, whatever channel they come from. There may
// be newer ones.
func FailureCodes() []string {
	return []string{
		"window_closed", "undeliverable", "ecosystem_limit", "marketing_experiment", "opted_out", "contact_blocked",
		"needs_phone", "recipient_is_sender", "recipient_not_allowed", "country_blocked", "pair_rate", "throughput",
		"api_rate", "spam_rate", "auth_failed", "permission", "number_missing", "not_registered", "registration",
		"account_locked", "policy_block", "payment", "payment_terms", "display_name", "marketing_api",
		"marketing_disabled", "template_missing", "template_params", "template_paused", "template_disabled",
		"template_text_too_long", "template_policy", "template_category_limit", "template_taken", "template_limit",
		"template_invalid", "flow_blocked", "call_permission", "block_list", "username", "history_refused",
		"unsupported_type", "message_too_long", "message_empty", "too_many", "media_refused", "media_unfetchable",
		"media_missing", "maintenance", "provider_down", "network", "timeout", "unreadable_answer", "invalid_request",
		"misconfigured", "rejected",
		"interrupted", "internal", // of ours
		"not_subscribed", "waba_unreadable", "messaging_blocked", "messaging_limited", "quality_red", // of connections
	}
}

package desk

// Settings are an account's options, typed (features.md §3, register). The
// register in register.go gives each key its default, limits and area. Only
// what differs from the defaults is stored, so that a key added later has its
// default everywhere.
type Settings struct {
	// Visibility.
	HideAssignedToOthers     bool `json:"hide_assigned_to_others"`
	HideBotTickets           bool `json:"hide_bot_tickets"`
	SupervisorScopedToQueues bool `json:"supervisor_scoped_to_queues"`
	UsersSeeUnqueued         bool `json:"users_see_unqueued"`
	HidePhoneFromUsers       bool `json:"hide_phone_from_users"`
	BotTab                   bool `json:"bot_tab"`

	// User rights.
	UsersClosePending  bool `json:"users_close_pending"`
	UsersCanReopen     bool `json:"users_can_reopen"`
	UsersCanPeek       bool `json:"users_can_peek"`
	UsersOnlyOwnWallet bool `json:"users_only_own_wallet"`
	UsersAssignTasks   bool `json:"users_assign_tasks"`
	GroupActions       bool `json:"group_actions"`

	// Routing.
	ForceWallet           bool            `json:"force_wallet"`
	WalletRespectsQueues  bool            `json:"wallet_respects_queues"`
	AgentsAsContacts      bool            `json:"agents_as_contacts"`
	DefaultFlowID         ID              `json:"default_flow_id"`
	ReopenWindowMinutes   int             `json:"reopen_window_minutes"` // 0: a new ticket always
	AutoReturnMinutes     int             `json:"auto_return_minutes"`   // 0: never
	AutoCloseHours        int             `json:"auto_close_hours"`      // 0: never
	OpenTicketsOutOfHours bool            `json:"open_tickets_out_of_hours"`
	OfficeHoursMode       OfficeHoursMode `json:"office_hours_mode"`

	// Messages.
	ForceSignature         bool            `json:"force_signature"`
	QuickReplyScope        QuickReplyScope `json:"quick_reply_scope"`
	QueuedMessageTTLDays   int             `json:"queued_message_ttl_days"`
	UncertainResendMinutes int             `json:"uncertain_resend_minutes"` // decisions.md 10
	RevokedTextDays        int             `json:"revoked_text_days"`        // decisions.md 23
	OperatorGreeting       bool            `json:"operator_greeting"`
	OperatorGreetingText   string          `json:"operator_greeting_text"`
	GreetOnTransfer        bool            `json:"greet_on_transfer"`
	TransferMessage        bool            `json:"transfer_message"`
	TransferMessageText    string          `json:"transfer_message_text"`
	OperatorFarewell       bool            `json:"operator_farewell"`
	OperatorFarewellText   string          `json:"operator_farewell_text"`
	ChatbotMenuType        ChatbotMenuType `json:"chatbot_menu_type"`
	AcceptCalls            bool            `json:"accept_calls"`
	CallRefusalText        string          `json:"call_refusal_text"`
	IgnoreGroups           bool            `json:"ignore_groups"`

	// Closing.
	TagRequiredToClose bool   `json:"tag_required_to_close"`
	SendSurveys        bool   `json:"send_surveys"`
	SurveyRequired     bool   `json:"survey_required"`
	ExternalSurvey     bool   `json:"external_survey"`
	ExternalSurveyURL  string `json:"external_survey_url"`
	SurveyWaitMinutes  int    `json:"survey_wait_minutes"`
	AutoProtocol       bool   `json:"auto_protocol"`
	ProtocolMessage    string `json:"protocol_message"`

	// Limits.
	MaxFiles       int       `json:"max_files"`
	MaxMediaMB     int       `json:"max_media_mb"`
	MaxDocumentMB  int       `json:"max_document_mb"`
	BulkDailyLimit int       `json:"bulk_daily_limit"`
	CampaignWindow HourRange `json:"campaign_window"`
	OptOutWords    []string  `json:"opt_out_words"`

	// Other.
	VideoBaseURL string `json:"video_base_url"`
	InheritStage bool   `json:"inherit_stage"`
	AnnounceBans bool   `json:"announce_bans"`
	Typebot      bool   `json:"typebot"`
	Dialogflow   bool   `json:"dialogflow"`
	ChatGPT      bool   `json:"chatgpt"`
	SMS          bool   `json:"sms"`
}

// OfficeHoursMode says whose calendar counts (E-O4, D34).
type OfficeHoursMode string

// Office hours modes.
const (
	HoursOff     OfficeHoursMode = "off"
	HoursCompany OfficeHoursMode = "company"
	HoursQueue   OfficeHoursMode = "queue"
)

// QuickReplyScope says which quick replies are offered (D24).
type QuickReplyScope string

// Quick reply scopes.
const (
	RepliesBoth     QuickReplyScope = "both"
	RepliesCompany  QuickReplyScope = "company"
	RepliesPersonal QuickReplyScope = "personal"
)

// ChatbotMenuType says how menus are shown where the channel allows (E-O9).
type ChatbotMenuType string

// Menu types.
const (
	MenuText ChatbotMenuType = "text"
	MenuList ChatbotMenuType = "list"
)

// DefaultSettings are those of a new account.
func DefaultSettings() Settings {
	return Settings{
		UsersCanReopen:         true,
		UsersCanPeek:           true,
		OpenTicketsOutOfHours:  true,
		OfficeHoursMode:        HoursOff,
		QuickReplyScope:        RepliesBoth,
		QueuedMessageTTLDays:   7,
		UncertainResendMinutes: 2,
		RevokedTextDays:        30,
		ChatbotMenuType:        MenuText,
		AcceptCalls:            true,
		CallRefusalText:        "Olá! Não atendemos ligações por este número. Por favor, envie uma mensagem de texto ou de voz.",
		IgnoreGroups:           true,
		SurveyWaitMinutes:      60,
		ProtocolMessage:        "Seu protocolo: {{protocol}}",
		MaxFiles:               5,
		MaxMediaMB:             16,
		MaxDocumentMB:          100,
		BulkDailyLimit:         1000,
		CampaignWindow:         HourRange{From: 8 * 60, To: 20 * 60},
		OptOutWords:            []string{"SAIR", "PARAR"},
		VideoBaseURL:           "https://meet.jit.si",
	}
}

// Rights returns the settings that bear on permissions.
func (s Settings) Rights() Rights {
	return Rights{
		HideAssignedToOthers:     s.HideAssignedToOthers,
		HideBotTickets:           s.HideBotTickets,
		SupervisorScopedToQueues: s.SupervisorScopedToQueues,
		UsersSeeUnqueued:         s.UsersSeeUnqueued,
		HidePhoneFromUsers:       s.HidePhoneFromUsers,
		UsersClosePending:        s.UsersClosePending,
		UsersCanReopen:           s.UsersCanReopen,
		UsersCanPeek:             s.UsersCanPeek,
		UsersOnlyOwnWallet:       s.UsersOnlyOwnWallet,
		WalletRespectsQueues:     s.WalletRespectsQueues,
	}
}

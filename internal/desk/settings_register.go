package desk

// SettingType is the kind of value a setting holds.
type SettingType string

// Setting types.
const (
	SettingBool  SettingType = "bool"
	SettingInt   SettingType = "int"
	SettingEnum  SettingType = "enum"
	SettingText  SettingType = "text"
	SettingURL   SettingType = "url"        // https only
	SettingHours SettingType = "hour_range" // "08:00-20:00"
	SettingWords SettingType = "words"      // list of short texts
	SettingRef   SettingType = "ref"        // id of a row, "" for none
)

// SettingArea groups settings on the screen.
type SettingArea string

// Areas of settings.
const (
	AreaVisibility SettingArea = "visibility"
	AreaRights     SettingArea = "rights"
	AreaRouting    SettingArea = "routing"
	AreaMessages   SettingArea = "messages"
	AreaClosing    SettingArea = "closing"
	AreaLimits     SettingArea = "limits"
	AreaOther      SettingArea = "other"
)

// Setting describes one key of the register.
type Setting struct {
	Key     string      `json:"key"`
	Type    SettingType `json:"type"`
	Area    SettingArea `json:"area"`
	Default any         `json:"default"`
	// Min and Max bound an int, the length in characters of a text or url, and
	// the number of words.
	Min     int      `json:"min,omitempty"`
	Max     int      `json:"max,omitempty"`
	Options []string `json:"options,omitempty"`
	Ref     string   `json:"ref,omitempty"` // noun an id refers to
	// Needs names the switch that makes this value required, or without which
	// it may not be on; NeedsOff says that the switch counts when it is off.
	Needs    string   `json:"needs,omitempty"`
	NeedsOff bool     `json:"needs_off,omitempty"`
	Features []string `json:"features"` // ids of features.md
}

const (
	maxSettingText = 1000 // E-O8
	maxSettingURL  = 2000
	maxOptOutWord  = 30
)

// SettingsRegister lists every setting in the order in which screens show them.
func SettingsRegister() []Setting {
	all := [][]Setting{
		visibilitySettings(), rightsSettings(), routingSettings(), messageSettings(),
		closingSettings(), limitSettings(), otherSettings(),
	}
	defaults := DefaultSettings().values()
	var register []Setting
	for _, area := range all {
		for _, s := range area {
			s.Default = defaults[s.Key]
			register = append(register, s)
		}
	}
	return register
}

func visibilitySettings() []Setting {
	return inArea(AreaVisibility,
		boolSetting("hide_assigned_to_others", "V", "C7"),
		boolSetting("hide_bot_tickets", "V"),
		boolSetting("supervisor_scoped_to_queues", "V"),
		boolSetting("users_see_unqueued", "V"),
		boolSetting("hide_phone_from_users", "C17"),
		boolSetting("bot_tab", "C2"),
	)
}

func rightsSettings() []Setting {
	return inArea(AreaRights,
		boolSetting("users_close_pending", "C12"),
		boolSetting("users_can_reopen", "C9"),
		boolSetting("users_can_peek", "C7"),
		boolSetting("users_only_own_wallet", "D03"),
		boolSetting("users_assign_tasks", "D16"),
		boolSetting("group_actions", "E-O6"),
	)
}

func routingSettings() []Setting {
	return inArea(AreaRouting,
		boolSetting("force_wallet", "C30"),
		boolSetting("wallet_respects_queues", "V", "C30"),
		boolSetting("agents_as_contacts", "E8", "E16"),
		Setting{Key: "default_flow_id", Type: SettingRef, Ref: "flow", Features: []string{"D25"}},
		intSetting("reopen_window_minutes", 0, 7*24*60, "I3"),
		intSetting("auto_return_minutes", 0, 7*24*60, "C11"),
		intSetting("auto_close_hours", 0, 365*24, "C12"),
		boolSetting("open_tickets_out_of_hours", "E-O10"),
		enumSetting("office_hours_mode", []string{string(HoursOff), string(HoursCompany), string(HoursQueue)}, "E-O4", "D34"),
	)
}

func messageSettings() []Setting {
	return inArea(AreaMessages,
		boolSetting("force_signature", "C15"),
		enumSetting("quick_reply_scope", []string{string(RepliesBoth), string(RepliesCompany), string(RepliesPersonal)}, "D24"),
		intSetting("queued_message_ttl_days", 1, 30, "W"),
		intSetting("uncertain_resend_minutes", 1, 60, "M2"),
		intSetting("revoked_text_days", 0, 365, "C16"),
		boolSetting("operator_greeting", "E-O11"),
		textSetting("operator_greeting_text", "operator_greeting", "E-O11"),
		boolSetting("greet_on_transfer", "E-O11"),
		boolSetting("transfer_message", "E-O12", "C13"),
		textSetting("transfer_message_text", "transfer_message", "E-O12"),
		boolSetting("operator_farewell", "E-O13", "C12"),
		textSetting("operator_farewell_text", "operator_farewell", "E-O13"),
		enumSetting("chatbot_menu_type", []string{string(MenuText), string(MenuList)}, "E-O9"),
		boolSetting("accept_calls", "E-O7"),
		Setting{Key: "call_refusal_text", Type: SettingText, Max: maxSettingText, Needs: "accept_calls", NeedsOff: true, Features: []string{"E-O8"}},
		boolSetting("ignore_groups", "E-O5"),
	)
}

func closingSettings() []Setting {
	required := boolSetting("survey_required", "E-O2")
	required.Needs = "send_surveys"
	return inArea(AreaClosing,
		boolSetting("tag_required_to_close", "C12"),
		boolSetting("send_surveys", "E-O1"),
		required,
		boolSetting("external_survey", "E-O3"),
		Setting{Key: "external_survey_url", Type: SettingURL, Max: maxSettingURL, Needs: "external_survey", Features: []string{"E-O3"}},
		intSetting("survey_wait_minutes", 1, 7*24*60, "E-O14", "D33"),
		boolSetting("auto_protocol", "D32"),
		textSetting("protocol_message", "auto_protocol", "D32"),
	)
}

func limitSettings() []Setting {
	return inArea(AreaLimits,
		intSetting("max_files", 1, 30, "C14"),
		intSetting("max_media_mb", 1, 100, "C14"),
		intSetting("max_document_mb", 1, 100, "C14"),
		intSetting("bulk_daily_limit", 0, 1_000_000, "D04"),
		Setting{Key: "campaign_window", Type: SettingHours, Features: []string{"D35"}},
		Setting{Key: "opt_out_words", Type: SettingWords, Max: 20, Features: []string{"D35"}},
	)
}

func otherSettings() []Setting {
	return inArea(AreaOther,
		Setting{Key: "video_base_url", Type: SettingURL, Min: 1, Max: maxSettingURL, Features: []string{"C14"}},
		boolSetting("inherit_stage", "D15"),
		boolSetting("announce_bans", "D13"),
		boolSetting("typebot", "D25"),
		boolSetting("dialogflow", "D25"),
		boolSetting("chatgpt", "D25"),
		boolSetting("sms", "C18", "D40"),
	)
}

func inArea(area SettingArea, settings ...Setting) []Setting {
	for i := range settings {
		settings[i].Area = area
	}
	return settings
}

func boolSetting(key string, features ...string) Setting {
	return Setting{Key: key, Type: SettingBool, Features: features}
}

func intSetting(key string, lowest, highest int, features ...string) Setting {
	return Setting{Key: key, Type: SettingInt, Min: lowest, Max: highest, Features: features}
}

func enumSetting(key string, options []string, features ...string) Setting {
	return Setting{Key: key, Type: SettingEnum, Options: options, Features: features}
}

// textSetting is a text that a switch makes required.
func textSetting(key, needs string, features ...string) Setting {
	return Setting{Key: key, Type: SettingText, Max: maxSettingText, Needs: needs, Features: features}
}

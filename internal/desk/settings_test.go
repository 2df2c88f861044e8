package desk

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The register of features.md §3 with its defaults, copied by hand.
const registerOfFeatures = `
	hide_assigned_to_others=false hide_bot_tickets=false supervisor_scoped_to_queues=false
	users_see_unqueued=false hide_phone_from_users=false bot_tab=false
	users_close_pending=false users_can_reopen=true users_can_peek=true users_only_own_wallet=false
	users_assign_tasks=false group_actions=false
	force_wallet=false wallet_respects_queues=false agents_as_contacts=false default_flow_id=""
	reopen_window_minutes=0 auto_return_minutes=0 auto_close_hours=0 open_tickets_out_of_hours=true
	office_hours_mode="off"
	force_signature=false quick_reply_scope="both" queued_message_ttl_days=7 operator_greeting=false
	transfer_message=false operator_farewell=false greet_on_transfer=false chatbot_menu_type="text"
	accept_calls=true ignore_groups=true
	tag_required_to_close=false send_surveys=false survey_required=false external_survey=false
	external_survey_url="" survey_wait_minutes=60 auto_protocol=false
	max_files=5 max_media_mb=16 max_document_mb=100 bulk_daily_limit=1000
	campaign_window="08:00-20:00" opt_out_words=["SAIR","PARAR"]
	video_base_url="https://meet.jit.si" inherit_stage=false announce_bans=false
	typebot=false dialogflow=false chatgpt=false sms=false`

func TestSettingsRegisterHasEveryKeyAndDefault(t *testing.T) {
	byKey := map[string]Setting{}
	for _, s := range SettingsRegister() {
		if _, twice := byKey[s.Key]; twice {
			t.Errorf("%s stands twice", s.Key)
		}
		byKey[s.Key] = s
	}
	for pair := range strings.FieldsSeq(registerOfFeatures) {
		key, want, _ := strings.Cut(pair, "=")
		got, err := json.Marshal(byKey[key].Default)
		if err != nil || string(got) != want {
			t.Errorf("%s: default %s, want %s", key, got, want)
		}
	}
	fields := reflect.TypeFor[Settings]()
	if fields.NumField() != len(byKey) {
		t.Errorf("%d fields, %d keys in the register", fields.NumField(), len(byKey))
	}
	for i := range fields.NumField() {
		if key := fields.Field(i).Tag.Get("json"); byKey[key].Key == "" {
			t.Errorf("%s is not in the register", key)
		}
	}
}

func TestSettingsRegisterIsWhole(t *testing.T) {
	defaults := DefaultSettings().values()
	for _, s := range SettingsRegister() {
		if s.Area == "" || len(s.Features) == 0 || s.Default == nil {
			t.Errorf("%s: area %q, features %v, default %v", s.Key, s.Area, s.Features, s.Default)
		}
		if s.Needs != "" {
			if _, ok := defaults[s.Needs].(bool); !ok {
				t.Errorf("%s needs %q, which is no switch", s.Key, s.Needs)
			}
		}
		if (s.Type == SettingEnum) != (len(s.Options) > 0) || (s.Type == SettingRef) != (s.Ref != "") {
			t.Errorf("%s: type %s with options %v, ref %q", s.Key, s.Type, s.Options, s.Ref)
		}
		if s.Type == SettingInt && s.Min >= s.Max {
			t.Errorf("%s: %d to %d", s.Key, s.Min, s.Max)
		}
	}
	defaultSettings := DefaultSettings()
	if faults := defaultSettings.conflicts(SettingsRegister()); len(faults) > 0 {
		t.Errorf("the defaults contradict each other: %v", faults)
	}
}

// Every default passes its own check, so that a screen may send it back.
func TestPatchTakesEveryDefault(t *testing.T) {
	for _, set := range SettingsRegister() {
		raw, err := json.Marshal(set.Default)
		if err != nil {
			t.Fatal(err)
		}
		next, changed, err := DefaultSettings().Patch(map[string]json.RawMessage{set.Key: raw})
		if err != nil || len(changed) != 0 || !reflect.DeepEqual(next, DefaultSettings()) {
			t.Errorf("%s: %v, %v", set.Key, changed, err)
		}
	}
}

func TestPatchChangesOnlyWhatItNames(t *testing.T) {
	before := DefaultSettings()
	next, changed, err := before.Patch(patchOf(`{
		"users_can_reopen": false, "max_files": 10, "office_hours_mode": "queue",
		"opt_out_words": [" parar ", "Stop", "stop"], "campaign_window": "09:00–18:30",
		"operator_greeting": true, "operator_greeting_text": " {{user}} aqui ", "bot_tab": false}`))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultSettings()
	want.UsersCanReopen, want.MaxFiles, want.OfficeHoursMode = false, 10, HoursQueue
	want.OptOutWords, want.CampaignWindow = []string{"PARAR", "STOP"}, HourRange{From: 540, To: 1110}
	want.OperatorGreeting, want.OperatorGreetingText = true, "{{user}} aqui"
	if diff := cmp.Diff(want, next); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	wantChanges := []Change{
		{"users_can_reopen", true, false},
		{"office_hours_mode", "off", "queue"},
		{"operator_greeting", false, true},
		{"operator_greeting_text", "", "{{user}} aqui"},
		{"max_files", 5, 10},
		{"campaign_window", "08:00-20:00", "09:00-18:30"},
		{"opt_out_words", []string{"SAIR", "PARAR"}, []string{"PARAR", "STOP"}},
	}
	if diff := cmp.Diff(wantChanges, changed); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(DefaultSettings(), before); diff != "" {
		t.Errorf("the patch wrote into its receiver:\n%s", diff)
	}
}

func patchOf(doc string) map[string]json.RawMessage {
	var p map[string]json.RawMessage
	if err := json.Unmarshal([]byte(doc), &p); err != nil {
		panic(err)
	}
	return p
}

func TestPatchRefuses(t *testing.T) {
	long := `"` + strings.Repeat("a", 1001) + `"`
	cases := []struct {
		name, doc, location string
		code                Code
	}{
		{"unknown key", `{"colour":"red"}`, "body.colour", CodeUnknownField},
		{"null", `{"bot_tab":null}`, "body.bot_tab", CodeInvalid},
		{"text for a switch", `{"bot_tab":"yes"}`, "body.bot_tab", CodeInvalid},
		{"number for a switch", `{"bot_tab":1}`, "body.bot_tab", CodeInvalid},
		{"text for a number", `{"max_files":"5"}`, "body.max_files", CodeInvalid},
		{"half a file", `{"max_files":1.5}`, "body.max_files", CodeInvalid},
		{"too few", `{"max_files":0}`, "body.max_files", CodeOutOfRange},
		{"too many", `{"max_files":31}`, "body.max_files", CodeOutOfRange},
		{"negative", `{"reopen_window_minutes":-1}`, "body.reopen_window_minutes", CodeOutOfRange},
		{"unknown option", `{"office_hours_mode":"always"}`, "body.office_hours_mode", CodeInvalid},
		{"number for an option", `{"quick_reply_scope":2}`, "body.quick_reply_scope", CodeInvalid},
		{"no id", `{"default_flow_id":"first"}`, "body.default_flow_id", CodeInvalid},
		{"text too long", `{"protocol_message":` + long + `}`, "body.protocol_message", CodeTooLong},
		{"NUL", `{"protocol_message":"a\u0000b"}`, "body.protocol_message", CodeInvalid},
		{"backwards hours", `{"campaign_window":"20:00-08:00"}`, "body.campaign_window", CodeInvalid},
		{"words as text", `{"opt_out_words":"SAIR"}`, "body.opt_out_words", CodeInvalid},
		{"empty word", `{"opt_out_words":["SAIR"," "]}`, "body.opt_out_words", CodeTooShort},
		{"long word", `{"opt_out_words":["` + strings.Repeat("A", 31) + `"]}`, "body.opt_out_words", CodeTooLong},
		{"E-O3 http", `{"external_survey_url":"http://a.example"}`, "body.external_survey_url", CodeInvalid},
		{"E-O3 no host", `{"external_survey_url":"https:///x"}`, "body.external_survey_url", CodeInvalid},
		{"E-O3 password in it", `{"external_survey_url":"https://a:b@c.example"}`, "body.external_survey_url", CodeInvalid},
		{"E-O3 on without address", `{"external_survey":true}`, "body.external_survey_url", CodeRequired},
		{"E-O2 without E-O1", `{"survey_required":true}`, "body.send_surveys", CodeRequired},
		{"E-O8 empty and E-O7 no", `{"accept_calls":false,"call_refusal_text":" "}`, "body.call_refusal_text", CodeRequired},
		{"E-O11 without text", `{"operator_greeting":true}`, "body.operator_greeting_text", CodeRequired},
		{"E-O12 without text", `{"transfer_message":true}`, "body.transfer_message_text", CodeRequired},
		{"E-O13 without text", `{"operator_farewell":true}`, "body.operator_farewell_text", CodeRequired},
		{"D32 without text", `{"auto_protocol":true,"protocol_message":""}`, "body.protocol_message", CodeRequired},
		{"C14 no video address", `{"video_base_url":""}`, "body.video_base_url", CodeRequired},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			next, changed, err := DefaultSettings().Patch(patchOf(c.doc))
			checkFault(t, err, c.location, c.code)
			if len(changed) != 0 || !reflect.DeepEqual(next, DefaultSettings()) {
				t.Error("a refused patch changed something")
			}
		})
	}
}

func TestPatchAccepts(t *testing.T) {
	for _, doc := range []string{
		`{"external_survey":true,"external_survey_url":"https://a.example/q?t={ticket}&p={protocol}"}`,
		`{"send_surveys":true,"survey_required":true}`,
		`{"accept_calls":false}`, // the default text stands
		`{"call_refusal_text":""}`,
		`{"default_flow_id":"123"}`,
		`{"opt_out_words":[]}`,
		`{"campaign_window":"00:00-24:00"}`,
		`{}`,
	} {
		if _, _, err := DefaultSettings().Patch(patchOf(doc)); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestPatchReportsEveryFault(t *testing.T) {
	_, _, err := DefaultSettings().Patch(patchOf(`{"max_files":99,"zeta":1,"alpha":1,"bot_tab":"x"}`))
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != CodeValidation || e.Kind != Invalid {
		t.Fatalf("%v", err)
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Location+" "+string(f.Code))
	}
	want := []string{"body.bot_tab invalid", "body.max_files out_of_range", "body.alpha unknown_field", "body.zeta unknown_field"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestStoredSettingsHoldOnlyOverrides(t *testing.T) {
	if raw, err := DefaultSettings().MarshalStored(); err != nil || string(raw) != "{}" {
		t.Errorf("defaults are stored as %s, %v", raw, err)
	}
	s, _, err := DefaultSettings().Patch(patchOf(`{"max_files":9,"opt_out_words":["FIM"],"campaign_window":"10:00-12:00","default_flow_id":"77"}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := s.MarshalStored()
	if err != nil || string(raw) != `{"campaign_window":"10:00-12:00","default_flow_id":"77","max_files":9,"opt_out_words":["FIM"]}` {
		t.Errorf("%s, %v", raw, err)
	}
	var back Settings
	if err := back.UnmarshalStored(raw); err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestStoredSettingsOfOtherVersions(t *testing.T) {
	var s Settings
	if err := s.UnmarshalStored(nil); err != nil || !reflect.DeepEqual(s, DefaultSettings()) {
		t.Errorf("nothing stored: %v", err)
	}
	if err := s.UnmarshalStored([]byte(`{"retired_key":1,"users_can_peek":false}`)); err != nil || s.UsersCanPeek || !s.UsersCanReopen {
		t.Errorf("retired key: %+v, %v", s, err)
	}
	before := s
	if err := s.UnmarshalStored([]byte(`{"max_files":"many"}`)); err == nil || !reflect.DeepEqual(s, before) {
		t.Errorf("damaged settings: %v", err)
	}
}

// Whatever is switched survives storing, and patching back to the defaults
// leaves nothing stored.
func TestStoredSettingsProperty(t *testing.T) {
	var switches []string
	for _, set := range SettingsRegister() {
		if set.Type == SettingBool && set.Needs == "" {
			switches = append(switches, set.Key)
		}
	}
	texts := `"operator_greeting_text":"a","transfer_message_text":"b","operator_farewell_text":"c","external_survey_url":"https://a.example"`
	rapid.Check(t, func(t *rapid.T) {
		patch := patchOf("{" + texts + "}")
		undo := patchOf(`{"operator_greeting_text":"","transfer_message_text":"","operator_farewell_text":"","external_survey_url":""}`)
		for _, key := range rapid.SliceOfDistinct(rapid.SampledFrom(switches), rapid.ID[string]).Draw(t, "keys") {
			patch[key] = json.RawMessage(rapid.SampledFrom([]string{"true", "false"}).Draw(t, key))
			undo[key], _ = json.Marshal(DefaultSettings().values()[key])
		}
		s, _, err := DefaultSettings().Patch(patch)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := s.MarshalStored()
		if err != nil {
			t.Fatal(err)
		}
		var back Settings
		if err := back.UnmarshalStored(raw); err != nil || !reflect.DeepEqual(back, s) {
			t.Fatalf("%s: %v", raw, err)
		}
		undone, _, err := back.Patch(undo)
		if err != nil {
			t.Fatal(err)
		}
		if raw, _ := undone.MarshalStored(); string(raw) != "{}" {
			t.Fatalf("left over: %s", raw)
		}
	})
}

// Each right is one setting of the same name.
func TestRightsFollowSettings(t *testing.T) {
	rights := reflect.TypeFor[Rights]()
	for i := range rights.NumField() {
		s := Settings{}
		field := reflect.ValueOf(&s).Elem().FieldByName(rights.Field(i).Name)
		if !field.IsValid() {
			t.Errorf("no setting %s", rights.Field(i).Name)
			continue
		}
		field.SetBool(true)
		got := reflect.ValueOf(s.Rights())
		for j := range got.NumField() {
			if got.Field(j).Bool() != (i == j) {
				t.Errorf("setting %s gives right %s = %v", rights.Field(i).Name, rights.Field(j).Name, got.Field(j).Bool())
			}
		}
	}
}

func TestHourRange(t *testing.T) {
	var r HourRange
	for _, bad := range []string{"", "8-20", "08:00", "08:00-08:00", "25:00-26:00", "08:60-09:00", "24:01-24:02", "08:00-20:00-21:00", "ab:cd-ef:gh", "+8:00-20:00"} {
		if err := r.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is read as %v", bad, r)
		}
	}
	if err := r.UnmarshalText([]byte("08:00 - 20:00")); err != nil {
		t.Fatal(err)
	}
	for minute, want := range map[int]bool{479: false, 480: true, 1199: true, 1200: false} {
		if got := r.Contains(minute); got != want {
			t.Errorf("minute %d: %v, want %v", minute, got, want)
		}
	}
}

package whatsappcloud

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// templateFields are those that a template is read with.
const templateFields = "id,name,language,status,category,quality_score,components,parameter_format,rejected_reason"

// maxPages bounds a list that does not end: 600 000 templates, a hundred times
// what an account may have.
const maxPages = 6000

// Templates implements channel.TemplateSource. Meta:
// whatsapp-business-account/message_templates.
func (a *Adapter) Templates(ctx context.Context, c channel.Connection, page func([]desk.Template) error) error {
	acc, f := a.templateAccount(c)
	if f != nil {
		return f
	}
	query := url.Values{"fields": {templateFields}, "limit": {"100"}}
	address := acc.url(query, acc.groupID, "message_templates")
	for range maxPages {
		var list templateList
		if f := a.do(ctx, acc, call{method: http.MethodGet, url: address, harmless: true}, &list); f != nil {
			return f
		}
		templates := make([]desk.Template, 0, len(list.Data))
		for _, t := range list.Data {
			templates = append(templates, t.desk(acc, desk.TimeOf(a.now())))
		}
		if err := page(templates); err != nil {
			return err
		}
		next := list.next(acc, address)
		if next == "" {
			return nil
		}
		address = next
	}
	return &channel.Failure{Certain: true, Key: KeyUnreadableAnswer, Details: "endless list of templates"}
}

// templateAccount is account with the WhatsApp business account known.
func (a *Adapter) templateAccount(c channel.Connection) (account, *channel.Failure) {
	acc, f := a.account(c)
	if f == nil && acc.groupID == "" {
		f = refusal(KeyMisconfigured, "%s", settingWABA)
	}
	return acc, f
}

type templateList struct {
	Data   []template `json:"data"`
	Paging struct {
		Next    string `json:"next"`
		Cursors struct {
			After text `json:"after"`
		} `json:"cursors"`
	} `json:"paging"`
}

// next returns the address of the following page, "" after the last. Meta's
// link is followed only to the configured host, because the token goes with it;
// behind a proxy the cursor serves instead. The token that Meta writes into the
// link is dropped: ours is in the header.
func (l templateList) next(acc account, present string) string {
	if l.Paging.Next == "" {
		return ""
	}
	link, err := url.Parse(l.Paging.Next)
	if err != nil || link.Scheme != acc.base.Scheme || link.Host != acc.base.Host {
		if l.Paging.Cursors.After == "" {
			return ""
		}
		if link, err = url.Parse(present); err != nil {
			return ""
		}
		q := link.Query()
		q.Set("after", string(l.Paging.Cursors.After))
		link.RawQuery = q.Encode()
	}
	q := link.Query()
	q.Del("access_token")
	link.RawQuery = q.Encode()
	return link.String()
}

// CreateTemplate implements channel.TemplateSource. The answer is the template
// as given, with what Meta decided: id, status and category.
func (a *Adapter) CreateTemplate(ctx context.Context, c channel.Connection, t desk.Template) (desk.Template, error) {
	acc, f := a.templateAccount(c)
	if f != nil {
		return desk.Template{}, f
	}
	var answer struct {
		ID       text `json:"id"`
		Status   text `json:"status"`
		Category text `json:"category"`
	}
	f = a.do(ctx, acc, call{
		method: http.MethodPost, url: acc.url(nil, acc.groupID, "message_templates"), json: templateOf(t),
	}, &answer)
	if f == nil && answer.ID == "" {
		f = unreadable()
	}
	if f != nil {
		if f.Key == KeyInvalidRequest {
			f.Key = KeyTemplateInvalid
		}
		return desk.Template{}, f
	}
	t.ProviderID, t.GroupID, t.Kind = string(answer.ID), acc.groupID, desk.WhatsAppOfficial
	t.Status = strings.ToUpper(first(answer.Status, "PENDING"))
	t.Category = strings.ToUpper(first(answer.Category, text(t.Category)))
	t.SyncedAt = desk.TimeOf(a.now())
	return t, nil
}

// DeleteTemplate implements channel.TemplateSource. With its id one language
// goes, without it every language of the name.
func (a *Adapter) DeleteTemplate(ctx context.Context, c channel.Connection, t desk.Template) error {
	acc, f := a.templateAccount(c)
	if f != nil {
		return f
	}
	query := url.Values{"name": {t.Name}}
	if t.ProviderID != "" {
		query.Set("hsm_id", t.ProviderID)
	}
	f = a.do(ctx, acc, call{
		method: http.MethodDelete, url: acc.url(query, acc.groupID, "message_templates"), harmless: true,
	}, nil)
	if f != nil {
		if f.Key == KeyInvalidRequest {
			f.Key = KeyTemplateMissing
		}
		return f
	}
	return nil
}

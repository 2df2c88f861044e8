import { createHmac } from 'node:crypto';
import { expect, request, type APIRequestContext } from '@playwright/test';
import { password, people } from './desk';

/** Posts a webhook as Meta does: signed with the app's secret over the bytes. */
export async function deliver(url: string, appSecret: string, body: string): Promise<void> {
  const sign = createHmac('sha256', appSecret).update(body).digest('hex');
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': `sha256=${sign}` },
  });
  if (!answer.ok) throw new Error(`webhook: ${answer.status}`);
}

const APP_SECRET = 'segredo-do-aplicativo-de-teste';
const WABA = '734500918273645'; // of no other number of the demo

/** A number of the official API that the company has just added; Meta's side of it. */
export class OfficialLine {
  private constructor(
    private readonly api: APIRequestContext,
    private readonly id: string,
    private readonly hook: string,
    private readonly phoneId: string,
  ) {}

  static async add(url: string, name: string): Promise<OfficialLine> {
    const api = await request.newContext({ baseURL: url });
    await api.post('/api/v1/session', { data: { email: people.elisa, password } });
    const { items } = (await (await api.get('/api/v1/queues')).json()) as { items: { id: string }[] };
    const phoneId = String(Date.now());
    const answer = await api.post('/api/v1/connections', {
      data: {
        kind: 'whatsapp_official',
        name,
        queues: items.slice(0, 1).map((queue) => queue.id),
        settings: {
          phone_number_id: phoneId,
          waba_id: WABA,
          access_token: 'ficha',
          app_secret: APP_SECRET,
          verify_token: 'confere',
          graph_url: 'http://127.0.0.1:9',
        },
      },
    });
    expect(answer.status(), await answer.text()).toBe(201);
    const made = (await answer.json()) as { id: string; webhook_url: string };
    return new OfficialLine(api, made.id, `${url}${new URL(made.webhook_url).pathname}`, phoneId);
  }

  /** The customer writes. */
  writes = (id: string, body: string) => this.message(id, 'text', { body });
  /** The customer deletes a message; meant for phones that share the number with Meta's app. */
  revokes = (id: string) => this.message(`${id}.revoked`, 'revoke', { original_message_id: id });

  private message(id: string, type: string, content: object): Promise<void> {
    const from = '5541988776655';
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '554130001234', phone_number_id: this.phoneId },
      contacts: [{ profile: { name: 'Nair Prates' }, wa_id: from }],
      messages: [{ from, id, timestamp: String(Math.floor(Date.now() / 1000)), type, [type]: content }],
    };
    const entry = [{ id: WABA, changes: [{ field: 'messages', value }] }];
    return deliver(this.hook, APP_SECRET, JSON.stringify({ object: 'whatsapp_business_account', entry }));
  }

  /** Ends what was begun on the line, and deletes it. */
  async remove(): Promise<void> {
    const begun = await this.api.get(`/api/v1/tickets?status=pending&connection=${this.id}`);
    for (const { id } of ((await begun.json()) as { items: { id: string }[] }).items)
      for (const step of ['accept', 'close'])
        expect((await this.api.post(`/api/v1/tickets/${id}/${step}`, { data: {} })).ok()).toBe(true);
    const answer = await this.api.delete(`/api/v1/connections/${this.id}`);
    expect(answer.status(), await answer.text()).toBe(204);
    await this.api.dispose();
  }
}

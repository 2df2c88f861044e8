import { expect, type Page } from '@playwright/test';
import { tab, turn } from './desk';

export interface FileGiven {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** The simulator's screen in a second tab: the customer's hands. */
export class Phone {
  private constructor(readonly page: Page) {}

  static async open(page: Page, complaints: string[], line = 'WhatsApp Loja'): Promise<Phone> {
    const phone = new Phone(await tab(page, complaints, '/sandbox'));
    const lines = phone.page.getByRole('combobox', { name: 'Conexão simulada' });
    await lines.click();
    await phone.page.getByRole('option', { name: line, exact: true }).click();
    await expect(lines).toHaveValue(line);
    return phone;
  }

  readonly screen = () => this.page.getByRole('region', { name: 'Celular do cliente' });
  readonly controls = () => this.page.getByRole('complementary', { name: 'Controles' });
  readonly bubble = (text: string) => this.screen().locator('.msg').filter({ hasText: text });
  readonly turn = (name: string, on: boolean) => turn(this.controls(), name, on);

  /** A new customer, by the simulator's own form. */
  async create(name: string): Promise<void> {
    await this.page.getByRole('region', { name: 'Clientes' }).getByRole('button', { name: 'Novo' }).click();
    const form = this.page.getByRole('dialog', { name: 'Novo cliente' });
    await form.getByLabel('Nome').fill(name);
    await form.getByRole('button', { name: 'Abrir conversa' }).click();
    await expect(form).toBeHidden();
    await expect(this.screen().getByRole('button', { name: `Enviar como ${name}` })).toBeVisible();
  }

  async choose(name: string): Promise<void> {
    await this.page.getByRole('region', { name: 'Clientes' }).getByRole('button', { name }).click();
    await expect(this.screen().getByRole('button', { name: `Enviar como ${name}` })).toBeVisible();
  }

  async write(text: string): Promise<void> {
    await this.screen().getByLabel('Mensagem', { exact: true }).fill(text);
    await this.screen().getByLabel('Mensagem', { exact: true }).press('Enter');
    await expect(this.bubble(text)).toBeVisible();
  }

  /** One entry of the paper clip, with the file it asks for. */
  async attach(entry: string, file?: FileGiven): Promise<void> {
    await this.screen().getByRole('button', { name: 'Anexar' }).click();
    const item = this.page.getByRole('menuitem', { name: entry, exact: true });
    if (!file) return item.click();
    const asked = this.page.waitForEvent('filechooser');
    await item.click();
    await (await asked).setFiles(file);
  }

  async option(text: string, entry: string): Promise<void> {
    await this.bubble(text).hover();
    await this.bubble(text).getByRole('button', { name: 'Opções da mensagem' }).click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  async react(text: string, emoji: string): Promise<void> {
    await this.bubble(text).hover();
    await this.bubble(text).getByRole('button', { name: 'Reagir' }).click();
    await this.page.getByRole('group', { name: 'Reagir' }).getByRole('button', { name: emoji }).click();
  }
}

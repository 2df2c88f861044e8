import { describe, expect, it } from 'vitest';
import { check } from './check';
import { bodyOf, cleanName, emptyDraft, nextVariable, type Draft } from './draft';

const draft = (part: Partial<Draft>): Draft => ({
  ...emptyDraft('1', 'pt_BR'),
  name: 'pedido',
  body: 'Olá, {{1}}! Tudo certo.',
  examples: { 'body.1': 'Ana' },
  ...part,
});

describe('template form', () => {
  it('accepts a good one and sends its samples', () => {
    expect(check(draft({}))).toEqual({});
    expect(bodyOf(draft({}))).toMatchObject({
      parameter_format: 'POSITIONAL',
      components: [{ type: 'BODY', text: 'Olá, {{1}}! Tudo certo.', example: { body_text: [['Ana']] } }],
    });
  });

  it('writes named variables as Meta wants them', () => {
    const body = bodyOf(draft({ body: 'Oi {{nome}}, até.', examples: { 'body.nome': 'Ana' } }));
    expect(body.parameter_format).toBe('NAMED');
    expect(body.components[0]?.example).toEqual({
      body_text_named_params: [{ param_name: 'nome', example: 'Ana' }],
    });
  });

  it.each<[string, Partial<Draft>, string, string]>([
    ['edge', { body: '{{1}} chegou.' }, 'components[0].text', 'variable_edge'],
    [
      'neighbours',
      { body: 'Oi {{1}} {{2}}.', examples: { 'body.1': 'a', 'body.2': 'b' } },
      'components[0].text',
      'variables_adjacent',
    ],
    ['holes', { body: 'Oi {{2}}.', examples: { 'body.2': 'b' } }, 'components[0].text', 'variable_numbers'],
    ['braces', { body: 'Oi {nome}.' }, 'components[0].text', 'variable_syntax'],
    ['samples', { examples: {} }, 'components[0].example', 'example'],
    ['length', { body: 'é'.repeat(1025) }, 'components[0].text', 'too_long'],
    ['footer', { footer: 'Oi {{1}}' }, 'components[1].text', 'no_variables'],
    ['header', { header: 'text', headerText: 'a {{1}} b {{2}}' }, 'components[0].text', 'no_variables'],
    [
      'minutes',
      { category: 'AUTHENTICATION', minutes: 91 },
      'components[1].code_expiration_minutes',
      'minutes',
    ],
  ])('finds %s', (_name, part, place, rule) => {
    expect(check(draft(part))[place]).toBe(rule);
  });

  it('counts buttons and keeps quick replies together', () => {
    const button = (type: Draft['buttons'][number]['type'], more = {}) => ({
      type,
      text: 'Ok',
      url: '',
      phone_number: '',
      example: '',
      ...more,
    });
    const url = button('URL', { url: 'https://a.example/x' });
    expect(check(draft({ buttons: [url, url, url] }))).toEqual({
      'components[1].buttons[2].type': 'button_limit',
    });
    const mixed = [button('QUICK_REPLY'), url, button('QUICK_REPLY')];
    expect(check(draft({ buttons: mixed }))).toEqual({ 'components[1].buttons': 'quick_replies_together' });
    const suffix = button('URL', { url: 'https://a.example/{{1}}' });
    expect(check(draft({ buttons: [suffix] }))).toEqual({ 'components[1].buttons[0].example': 'example' });
  });

  it('makes names and numbers', () => {
    expect(cleanName('Pedido à caminho-2')).toBe('pedido_a_caminho_2');
    expect(nextVariable('a {{1}} b {{3}}')).toBe('{{4}}');
  });
});

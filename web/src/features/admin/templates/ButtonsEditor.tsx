import { Menu, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react';
import { useT } from '@/i18n';
import { Btn, IconBtn } from '@/ui/parts';
import { ButtonIcon } from '@/ui/ButtonIcon';
import { limits, type ButtonType, type DraftButton } from './draft';

interface Props {
  buttons: DraftButton[];
  place: string;
  wrong: (place: string) => string | undefined;
  onChange: (buttons: DraftButton[]) => void;
}

const scheme = 'https://';
const types: ButtonType[] = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE'];

/** Up to ten buttons; quick replies stay together. */
export function ButtonsEditor({ buttons, place, wrong, onChange }: Props) {
  const t = useT();
  const room = (type: ButtonType) =>
    buttons.length < limits.buttons &&
    buttons.filter((b) => b.type === type).length < (limits.kinds[type] ?? limits.buttons);
  const change = (at: number, part: Partial<DraftButton>) =>
    onChange(buttons.map((b, i) => (i === at ? { ...b, ...part } : b)));
  const swap = (a: number, b: number) => {
    const next = [...buttons];
    [next[a], next[b]] = [next[b]!, next[a]!];
    onChange(next);
  };
  const general = wrong(place);
  return (
    <div role="group" aria-label={t('admin.template.buttons')} className="col g8">
      <div className="lab">{t('admin.template.buttons')}</div>
      {buttons.map((button, i) => (
        <div key={i} className="btnedit">
          <div className="row g8">
            <ButtonIcon type={button.type} />
            <span className="x13 med grow">{t(`admin.template.buttonType.${button.type}`)}</span>
            <IconBtn small label={t('admin.template.up')} disabled={i === 0} onClick={() => swap(i, i - 1)}>
              <IconArrowUp size={15} />
            </IconBtn>
            <IconBtn
              small
              label={t('admin.template.down')}
              disabled={i === buttons.length - 1}
              onClick={() => swap(i, i + 1)}
            >
              <IconArrowDown size={15} />
            </IconBtn>
            <IconBtn
              small
              label={t('admin.template.removeButton')}
              onClick={() => onChange(buttons.filter((_, at) => at !== i))}
            >
              <IconX size={15} />
            </IconBtn>
          </div>
          <Fields button={button} at={`${place}[${i}]`} wrong={wrong} onChange={(part) => change(i, part)} />
        </div>
      ))}
      {general && <p className="help err">{general}</p>}
      <Menu position="bottom-start" withinPortal={false}>
        <Menu.Target>
          <Btn
            size="small"
            icon={<IconPlus size={14} />}
            className="self"
            {...(buttons.length >= limits.buttons ? { reason: t('admin.template.rule.button_limit') } : {})}
          >
            {t('admin.template.addButton')}
          </Btn>
        </Menu.Target>
        <Menu.Dropdown>
          {types.map((type) => (
            <Menu.Item
              key={type}
              disabled={!room(type)}
              leftSection={<ButtonIcon type={type} />}
              onClick={() =>
                onChange([...buttons, { type, text: '', url: '', phone_number: '', example: '' }])
              }
            >
              {t(`admin.template.buttonType.${type}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface FieldsProps {
  button: DraftButton;
  at: string;
  wrong: (place: string) => string | undefined;
  onChange: (part: Partial<DraftButton>) => void;
}

function Fields({ button, at, wrong, onChange }: FieldsProps) {
  const t = useT();
  const kind = wrong(`${at}.type`);
  return (
    <div className="two">
      {button.type !== 'COPY_CODE' && (
        <TextInput
          label={t('admin.template.buttonText')}
          maxLength={limits.buttonText}
          value={button.text}
          error={wrong(`${at}.text`)}
          onChange={(e) => onChange({ text: e.currentTarget.value })}
        />
      )}
      {button.type === 'URL' && (
        <TextInput
          label={t('admin.template.url')}
          type="url"
          maxLength={limits.url}
          placeholder={scheme}
          value={button.url}
          error={wrong(`${at}.url`)}
          onChange={(e) => onChange({ url: e.currentTarget.value.trim() })}
        />
      )}
      {button.type === 'URL' && button.url.includes('{{') && (
        <TextInput
          label={t('admin.template.urlSample')}
          value={button.example}
          error={wrong(`${at}.example`)}
          onChange={(e) => onChange({ example: e.currentTarget.value.trim() })}
        />
      )}
      {button.type === 'PHONE_NUMBER' && (
        <TextInput
          label={t('admin.template.phone')}
          type="tel"
          maxLength={limits.phone}
          placeholder="+55"
          value={button.phone_number}
          error={wrong(`${at}.phone_number`)}
          onChange={(e) => onChange({ phone_number: e.currentTarget.value })}
        />
      )}
      {button.type === 'COPY_CODE' && (
        <TextInput
          label={t('admin.template.coupon')}
          maxLength={limits.coupon}
          value={button.example}
          error={wrong(`${at}.example`)}
          onChange={(e) => onChange({ example: e.currentTarget.value })}
        />
      )}
      {kind && <p className="help err">{kind}</p>}
    </div>
  );
}

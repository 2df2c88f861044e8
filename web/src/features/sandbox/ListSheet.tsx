import { Modal, Radio } from '@mantine/core';
import { useState } from 'react';
import type { components } from '@/api/schema';
import { useT } from '@/i18n';
import { Btn } from '@/ui/parts';

interface Props {
  list: components['schemas']['OptionList'];
  onChoose: (id: string) => void;
  onClose: () => void;
}

/** The list that opens over the chat. */
export function ListSheet({ list, onChoose, onClose }: Props) {
  const t = useT();
  const [choice, setChoice] = useState('');
  return (
    <Modal
      opened
      onClose={onClose}
      title={list.button}
      size={380}
      closeButtonProps={{ 'aria-label': t('admin.close') }}
    >
      <Radio.Group value={choice} onChange={setChoice} aria-label={list.button}>
        {list.sections.map((section, i) => (
          <div key={i} className="simsection">
            {section.title && <div className="med x13">{section.title}</div>}
            {section.rows.map((row) => (
              <Radio key={row.id} value={row.id} label={row.title} description={row.description} />
            ))}
          </div>
        ))}
      </Radio.Group>
      <div className="row modalfoot">
        <Btn
          kind="primary"
          onClick={() => onChoose(choice)}
          {...(choice ? {} : { reason: t('sandbox.chooseOne') })}
        >
          {t('sandbox.send')}
        </Btn>
      </div>
    </Modal>
  );
}

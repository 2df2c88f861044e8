import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { q } from '@/api/query';
import { ChosenTemplate } from '@/features/templates/ChosenTemplate';
import { ParamsForm } from '@/features/templates/ParamsForm';
import { PhonePreview } from '@/features/templates/PhonePreview';
import { PriceLine } from '@/features/templates/PriceLine';
import { TemplatePicker, usable } from '@/features/templates/TemplatePicker';
import { useParams } from '@/features/templates/useParams';
import { useT } from '@/i18n';
import { callName } from '@/lib/phone';
import type { Template, Ticket } from '@/lib/types';
import { Btn } from '@/ui/parts';
import { send } from './send';
import { closeTemplates } from './templateDialog';

/** Another template within a ticket: choose, fill, see, send. */
export function TemplateDialog({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const { data: templates } = useQuery(q.templates);
  const [chosen, setChosen] = useState<Template | undefined>();
  const params = useParams(chosen, { ticket_id: ticket.id, contact_id: ticket.contact.id });
  const name = callName(ticket.contact.name);

  return (
    <Drawer
      opened
      onClose={closeTemplates}
      size={chosen ? 800 : 520}
      title={t('composer.template')}
      className="drawer-root"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className="split grow">
        <div className="dbody scroll grow">
          {chosen ? (
            <div className="col g16">
              <ChosenTemplate template={chosen} onChange={() => setChosen(undefined)} />
              <p className="sec x13">{t('start.fixedText')}</p>
              <ParamsForm template={chosen} params={params} />
            </div>
          ) : (
            <TemplatePicker
              templates={usable(templates, ticket.connection_id)}
              chosen={null}
              onChoose={setChosen}
            />
          )}
        </div>
        {chosen && (
          <div className="pvcol scroll">
            <PhonePreview template={chosen} given={params.given} name={name} />
          </div>
        )}
      </div>
      {chosen && (
        <div className="df">
          <PriceLine template={chosen} connection={ticket.connection_id} />
          <span className="grow" />
          <Btn
            kind="primary"
            reason={params.complete ? undefined : t('template.fillAll')}
            onClick={() => {
              send(ticket.id, { type: 'template', template: { id: chosen.id, values: params.values } });
              closeTemplates();
            }}
          >
            {t('composer.template')}
          </Btn>
        </div>
      )}
    </Drawer>
  );
}

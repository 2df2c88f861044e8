import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan, useMe } from '@/app/session';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import { moment, time } from '@/lib/format';
import { languageName } from '@/lib/languages';
import type { Template } from '@/lib/types';
import { Confirm } from '@/ui/Confirm';
import { FormDrawer } from '@/ui/FormDrawer';
import { History } from '@/ui/History';
import { IconBtn } from '@/ui/parts';
import { PhoneFrame } from '@/ui/PhoneFrame';
import { TemplateCard } from '@/ui/TemplateCard';
import { sampleOf } from './sample';
import { Decide } from './Decide';
import { metaWord, tone } from './words';

export function TemplateDrawer({ template, onClose }: { template: Template; onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const can = useCan();
  const { data: connections } = useQuery(q.connections);
  const [tab, setTab] = useState('general');
  const [removing, setRemoving] = useState(false);
  const path = { path: { id: template.id } };
  const lines = connections?.filter((c) => template.connections.includes(c.id)) ?? [];
  const simulated = me.sandbox && lines.length > 0 && lines.every((c) => c.simulated);
  return (
    <FormDrawer
      title={template.name}
      size={720}
      badge={
        <span className={`chip xs ${tone(template.status)}`}>{metaWord('status', template.status)}</span>
      }
      actions={
        can('template.edit') && (
          <IconBtn label={t('admin.template.remove')} onClick={() => setRemoving(true)}>
            <IconTrash size={18} />
          </IconBtn>
        )
      }
      {...(can('history.view')
        ? {
            tabs: [
              { key: 'general', label: t('admin.template.one') },
              { key: 'history', label: t('admin.history.tab') },
            ],
            tab,
            onTab: setTab,
          }
        : {})}
      onClose={onClose}
    >
      {tab === 'history' ? (
        <History
          queryKey={['templates', template.id]}
          load={(cursor) =>
            ok(api.GET('/api/v1/templates/{id}/history', { params: { ...path, query: { cursor } } }))
          }
        />
      ) : (
        <div className="tview">
          <div className="col g16 grow">
            {template.status === 'REJECTED' && template.rejected_reason && (
              <div className="statebox bad">
                <div>
                  <b>{t('admin.template.rejectedTitle')}</b>
                  <span>{metaWord('rejected', template.rejected_reason)}</span>
                </div>
              </div>
            )}
            {!template.fillable && <div className="statebox warn">{t('admin.template.notFillable')}</div>}
            <dl className="dl">
              <dt>{t('admin.template.categoryHead')}</dt>
              <dd>{metaWord('category', template.category)}</dd>
              <dt>{t('admin.template.language')}</dt>
              <dd>{languageName(template.language)}</dd>
              <dt>{t('admin.template.qualityHead')}</dt>
              <dd>
                <span className={`state ${tone(template.quality)}`}>
                  {metaWord('quality', template.quality)}
                </span>
              </dd>
              <dt>{t('admin.template.sentOver')}</dt>
              <dd>{lines.map((c) => c.name).join(', ')}</dd>
              <dt>{t('admin.template.parameters')}</dt>
              <dd>
                {t('admin.template.parameterCount', {
                  count: template.placeholders.filter((p) => p.required).length,
                })}
              </dd>
              <dt>{t('admin.template.lastSync')}</dt>
              <dd className="num">{template.synced_at ? moment(template.synced_at) : t('admin.never')}</dd>
            </dl>
            {simulated && <Decide template={template} />}
          </div>
          <figure className="tphone">
            <figcaption className="x12 mut">{t('admin.template.asSeen')}</figcaption>
            <PhoneFrame business={me.account.name} subtitle={t('admin.template.business')}>
              <div className="pad">
                <TemplateCard content={sampleOf(template.components)} time={time(Date.now())} />
              </div>
            </PhoneFrame>
          </figure>
        </div>
      )}
      {removing && (
        <Confirm
          title={t('admin.template.removeTitle', { name: template.name })}
          text={t('admin.template.removeText')}
          action={t('admin.remove')}
          onConfirm={async () => {
            await ok(api.DELETE('/api/v1/templates/{id}', { params: path }));
            await queryClient.invalidateQueries({ queryKey: ['templates'] });
            toast(t('admin.removed'));
            onClose();
          }}
          onClose={() => setRemoving(false)}
        />
      )}
    </FormDrawer>
  );
}

import { Checkbox, Progress } from '@mantine/core';
import {
  IconBrandWhatsapp,
  IconCheck,
  IconCircleCheck,
  IconDeviceMobile,
  IconPlus,
  IconSend,
  IconUserPlus,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { toastError } from '@/lib/errors';
import { Avatar, Btn, Dot } from '@/ui/parts';
import './checklist.css';

const suggestions = [
  { key: 'sales', color: '#2F6FD0', on: true },
  { key: 'aftersales', color: '#C27A12', on: true },
  { key: 'billing', color: '#7D5BBE', on: false },
] as const;

/** The first run after the company exists: Conexões, Filas, Equipe. */
export function Checklist() {
  const t = useT();
  const me = useMe();
  const { data: connections = [] } = useQuery(q.connections);
  const { data: queues = [] } = useQuery(q.queues);
  const { data: users = [] } = useQuery(q.users);
  const [chosen, setChosen] = useState<string[]>(suggestions.filter((s) => s.on).map((s) => s.key));
  const [alone, setAlone] = useState(false);
  const [busy, setBusy] = useState(false);
  const done = [connections.length > 0, queues.length > 0, users.length > 1 || alone];
  const current = done.findIndex((d) => !d);
  const count = done.filter(Boolean).length;
  const simulated = connections.some((c) => c.simulated);

  async function run(action: () => Promise<unknown>) {
    setBusy(true);
    try {
      await action();
      await queryClient.invalidateQueries();
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }
  const simulate = () =>
    run(() =>
      ok(
        api.POST('/api/v1/sandbox/connections', {
          body: { name: t('checklist.simulatorName'), default: true },
        }),
      ),
    );
  const create = () =>
    run(async () => {
      const ids: string[] = [];
      for (const s of suggestions)
        if (chosen.includes(s.key))
          ids.push(
            (
              await ok(
                api.POST('/api/v1/queues', { body: { name: t(`checklist.${s.key}`), color: s.color } }),
              )
            ).id,
          );
      // Everything must be able to arrive somewhere: who set this up answers, and the simulator has its queue.
      await ok(
        api.PATCH('/api/v1/users/{id}', {
          params: { path: { id: me.id } },
          body: { queues: [...me.queues, ...ids] },
        }),
      );
      const first = connections.find((c) => c.queues.length === 0);
      if (first && ids[0])
        await ok(
          api.PATCH('/api/v1/connections/{id}', {
            params: { path: { id: first.id } },
            body: { queues: [ids[0]] },
          }),
        );
    });

  return (
    <main className="page" id="conteudo">
      <div className="scroll">
        <div className="su">
          <div>
            <h1>{t('checklist.title', { name: me.name.split(' ')[0] })}</h1>
            <p className="sec lead">{t('checklist.subtitle', { company: me.account.name })}</p>
            <div className="row g12 prog">
              <Progress
                className="grow"
                value={(count / 3) * 100}
                size={6}
                aria-label={t('checklist.progress', { n: count })}
              />
              <span className="x12 mut num">{t('checklist.progress', { n: count })}</span>
            </div>
            <ol className="col g12">
              <Step
                n={1}
                done={done[0]}
                current={current === 0}
                title={t('checklist.connections')}
                text={t('checklist.connectionsText')}
              >
                <div className="row wrap g8">
                  {simulated ? (
                    <span className="chip ok">
                      <IconCircleCheck size={14} />
                      {t('checklist.simulated')}
                    </span>
                  ) : (
                    <Btn
                      kind={connections.length ? 'default' : 'primary'}
                      size="medium"
                      busy={busy}
                      icon={<IconDeviceMobile size={16} />}
                      onClick={() => void simulate()}
                    >
                      {t('checklist.simulate')}
                    </Btn>
                  )}
                  {connections.some((c) => !c.simulated) ? (
                    <span className="chip ok">
                      <IconCircleCheck size={14} />
                      {t('checklist.connected')}
                    </span>
                  ) : (
                    <Link to="/conexoes" className="btn d m">
                      <IconBrandWhatsapp size={16} />
                      {t('checklist.connect')}
                    </Link>
                  )}
                </div>
              </Step>
              <Step
                n={2}
                done={done[1]}
                current={current === 1}
                title={t('checklist.queues')}
                text={t('checklist.queuesText')}
              >
                {queues.length > 0 ? (
                  <div className="row wrap g12">
                    {queues.map((queue) => (
                      <span className="q" key={queue.id}>
                        <Dot c={queue.color} />
                        {queue.name}
                      </span>
                    ))}
                  </div>
                ) : (
                  <>
                    <Checkbox.Group value={chosen} onChange={setChosen} aria-label={t('checklist.queues')}>
                      {suggestions.map((s) => (
                        <div className="qrow" key={s.key}>
                          <Checkbox
                            value={s.key}
                            label={
                              <span className="row g8">
                                <Dot c={s.color} />
                                {t(`checklist.${s.key}`)}
                              </span>
                            }
                          />
                          <span className="grow" />
                          {!s.on && <span className="mut x12">{t('checklist.suggestion')}</span>}
                        </div>
                      ))}
                    </Checkbox.Group>
                    <div className="row g8">
                      <Btn
                        kind={current === 1 ? 'primary' : 'default'}
                        size="medium"
                        busy={busy}
                        disabled={chosen.length === 0}
                        onClick={() => void create()}
                      >
                        {t('checklist.create', { count: chosen.length })}
                      </Btn>
                      <Link to="/filas" className="btn g m">
                        <IconPlus size={16} />
                        {t('checklist.createOther')}
                      </Link>
                    </div>
                  </>
                )}
              </Step>
              <Step
                n={3}
                done={done[2]}
                current={current === 2}
                title={t('checklist.team')}
                text={t('checklist.teamText')}
              >
                <div className="row wrap g8">
                  {users.length > 1 && (
                    <span className="chip ok">{t('checklist.people', { count: users.length })}</span>
                  )}
                  <Link to="/equipe" className="btn d m">
                    <IconUserPlus size={16} />
                    {t('checklist.addPerson')}
                  </Link>
                  {users.length <= 1 && !alone && (
                    <Btn kind="ghost" size="medium" onClick={() => setAlone(true)}>
                      {t('checklist.alone')}
                    </Btn>
                  )}
                </div>
              </Step>
            </ol>
            <div className="row g12 after">
              <span className="mut x13 grow">{t('checklist.later')}</span>
              <Link to="/atendimentos" className={`btn ${count === 3 ? 'p' : 'd'}`}>
                {t('checklist.toInbox')}
              </Link>
            </div>
          </div>
          <aside className="tryit">
            <div className="mini" aria-hidden="true">
              <div className="row g8 minih">
                <Avatar id={me.account.id} name={me.account.name} size={28} />
                <b>{me.account.name}</b>
              </div>
              <span className="mb o">{t('checklist.hello')}</span>
              <span className="mb">{t('checklist.answer')}</span>
              <span className="minic">
                <span className="grow">{t('sandbox.message')}</span>
                <span className="minis">
                  <IconSend size={13} />
                </span>
              </span>
            </div>
            <h2>{t('checklist.tryTitle')}</h2>
            <p className="x13 sec">{t('checklist.tryText')}</p>
            {me.sandbox && simulated && (
              <Link to="/sandbox" target="_blank" className="btn d">
                <IconDeviceMobile size={16} />
                {t('checklist.tryOpen')}
              </Link>
            )}
          </aside>
        </div>
      </div>
    </main>
  );
}

function Step({
  n,
  done,
  current,
  title,
  text,
  children,
}: {
  n: number;
  done: boolean | undefined;
  current: boolean;
  title: string;
  text: string;
  children: ReactNode;
}) {
  return (
    <li
      className={`stepc${done ? ' done' : ''}${current ? ' cur' : ''}`}
      aria-current={current ? 'step' : undefined}
    >
      <span className="n">{done ? <IconCheck size={18} stroke={2.5} /> : n}</span>
      <div className="grow col g12">
        <div>
          <h3>{title}</h3>
          <p className="x13 sec">{text}</p>
        </div>
        {children}
      </div>
    </li>
  );
}

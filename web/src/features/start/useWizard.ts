import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { api, ok } from '@/api/client';
import { q } from '@/api/query';
import { useMe } from '@/app/session';
import { usable } from '@/features/templates/TemplatePicker';
import { useParams } from '@/features/templates/useParams';
import type { Connection, Contact, Template } from '@/lib/types';
import type { StartWith } from './open';

export type Step = 'contact' | 'kind' | 'channel' | 'queue' | 'template' | 'params' | 'confirm';
export type Sending = 'ticket' | 'template';

/** Somebody known, or a number that becomes a contact with the first message. */
export type Who = { contact: Contact } | { phone: string };

export const whoName = (who: Who) => ('contact' in who ? who.contact.name : who.phone);

function preferred(list: Connection[], own: string | null): Connection | undefined {
  return (
    list.find((c) => c.id === own) ?? list.find((c) => c.default) ?? (list.length === 1 ? list[0] : undefined)
  );
}

/** The step-by-step panel (B): what is chosen, what is open, what has one answer. */
export function useWizard(known: StartWith) {
  const me = useMe();
  const [who, setWho] = useState<Who | null>(null);
  const [sending, setSending] = useState<Sending | null>(null);
  const [connectionId, setConnection] = useState<string | null>(null);
  const [queueId, setQueue] = useState<string | null>(null);
  const [templateId, setTemplate] = useState<string | null>(null);
  const [step, setStep] = useState<Step>('contact');
  const { data: queues } = useQuery(q.queues);
  const { data: templates } = useQuery(q.templates);

  const contactId = who && 'contact' in who ? who.contact.id : undefined;
  const { data: connections } = useQuery({
    queryKey: ['connections', 'usable', contactId ?? ''],
    queryFn: async () => {
      const query = contactId ? { usable_for: contactId, limit: 100 } : { limit: 100 };
      const { items } = await ok(api.GET('/api/v1/connections', { params: { query } }));
      return items.filter(
        (c) =>
          c.active &&
          (c.state === 'connected' || c.state === 'degraded') &&
          (me.connections.length === 0 || me.connections.includes(c.id)) &&
          (contactId || c.capabilities.needs_phone),
      );
    },
    enabled: who !== null,
  });

  // The number field: a known number is a known person.
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    const { contactId: id, phone } = known;
    if (id)
      void ok(api.GET('/api/v1/contacts/{id}', { params: { path: { id } } })).then(
        (contact) => setWho({ contact }),
        () => undefined,
      );
    else if (phone)
      void ok(api.GET('/api/v1/contacts', { params: { query: { phone, limit: 1 } } })).then(
        (page) => setWho(page.items[0] ? { contact: page.items[0] } : { phone }),
        () => setWho({ phone }),
      );
  }, [known]);

  const mine = useMemo(
    () => (queues ?? []).filter((x) => x.active && (me.role !== 'user' || me.queues.includes(x.id))),
    [queues, me],
  );
  const connection =
    connections?.find((c) => c.id === connectionId) ??
    (connections && preferred(connections, me.default_connection_id ?? null));
  const canLoose = Boolean(connections?.some((c) => c.capabilities.templates));
  const kind: Sending | null = canLoose ? sending : 'ticket';
  const queue = mine.find((x) => x.id === queueId) ?? (mine.length === 1 ? mine[0] : undefined);
  const needsTemplate = Boolean(connection?.capabilities.windowed) || kind === 'template';
  const offered = connection ? usable(templates, connection.id) : [];
  const template: Template | undefined = offered.find((x) => x.id === templateId);
  const params = useParams(needsTemplate ? template : undefined, {
    ...(contactId ? { contact_id: contactId } : {}),
    ...(connection ? { connection_id: connection.id } : {}),
    ...(queue ? { queue_id: queue.id } : {}),
  });

  const steps: Step[] = [
    'contact',
    'kind',
    'channel',
    ...(kind === 'template' ? [] : (['queue'] as const)),
    ...(needsTemplate ? (['template'] as const) : []),
    ...(needsTemplate && (!template || params.list.length > 0) ? (['params'] as const) : []),
    'confirm',
  ];
  const done: Record<Step, boolean> = {
    contact: who !== null,
    kind: who !== null && kind !== null,
    channel: Boolean(connection),
    queue: Boolean(queue),
    template: Boolean(template),
    params: Boolean(template) && params.complete,
    confirm: false,
  };
  const firstOpen = steps.find((s) => !done[s]) ?? 'confirm';
  const ready = firstOpen === 'confirm';

  // Choosing leads to the next open step; a step with one answer is passed by itself.
  const at = steps.includes(step) ? step : firstOpen;
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    if (!wanted || !connections) return;
    setWanted(false);
    setStep(
      firstOpen === 'params' || firstOpen === 'confirm'
        ? needsTemplate && params.list.length > 0
          ? 'params'
          : firstOpen
        : firstOpen,
    );
  }, [wanted, firstOpen, connections, needsTemplate, params.list.length]);
  const next = () => setWanted(true);
  useEffect(() => {
    if (who) setWanted(true);
  }, [who]);

  return {
    who,
    kind,
    canLoose,
    connection,
    connections,
    queue,
    queues: mine,
    template,
    templates: offered,
    params,
    needsTemplate,
    steps,
    done,
    step: at,
    ready,
    go: setStep,
    next,
    choose: {
      who: (value: Who) => setWho(value),
      kind: (value: Sending) => {
        setSending(value);
        next();
      },
      connection: (id: string) => {
        setConnection(id);
        next();
      },
      queue: (id: string) => {
        setQueue(id);
        next();
      },
      template: (id: string) => {
        setTemplate(id);
        next();
      },
    },
  };
}

export type Wizard = ReturnType<typeof useWizard>;

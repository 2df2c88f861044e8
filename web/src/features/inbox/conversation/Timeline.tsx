import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useT } from '@/i18n';
import { errorText } from '@/lib/errors';
import type { Ticket } from '@/lib/types';
import { Empty } from '@/ui/parts';
import { Skeleton } from '@/ui/Skeleton';
import { Messages } from './Messages';
import { markOf } from './useNewMark';
import { useTimeline } from './useTimeline';

const FAR_UNREAD = 40;

export function Timeline({ ticket, around }: { ticket: Ticket; around: string | undefined }) {
  const t = useT();
  const [opened] = useState(() => markOf(ticket));
  const target = around ?? (opened.count > FAR_UNREAD ? (opened.first ?? undefined) : undefined);
  const sought = useLocation({ select: (at) => at.state.sought ?? 0 });
  const timeline = useTimeline(ticket.id, target, around, sought);
  const { stretch, error } = timeline;

  if (stretch)
    return (
      <Messages
        ticket={ticket}
        around={around}
        sought={sought}
        opened={opened}
        stretch={stretch}
        timeline={timeline}
      />
    );
  if (!error) return <TimelineSkeleton />;
  return (
    <div className="tl">
      <Empty title={t('timeline.failed')} text={errorText(error)} />
    </div>
  );
}

const TimelineSkeleton = () => (
  <div className="tl" aria-hidden="true">
    <div className="in g12">
      {[220, 300, 180].map((w, i) => (
        <div key={w} style={{ alignSelf: i === 1 ? 'flex-end' : 'flex-start' }}>
          <Skeleton w={w} h={40} />
        </div>
      ))}
    </div>
  </div>
);

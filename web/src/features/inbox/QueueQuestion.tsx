import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { q } from '@/api/query';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { Dot } from '@/ui/parts';
import { useQueueQuestion } from './queueQuestion';

export function QueueQuestion() {
  const t = useT();
  const me = useMe();
  const answer = useQueueQuestion();
  const { data: queues } = useQuery(q.queues);
  if (!answer) return null;
  const mine = (queues ?? []).filter(
    (queue) => queue.active && (me.role !== 'user' || me.queues.includes(queue.id)),
  );
  return (
    <Modal
      opened
      onClose={() => answer(null)}
      title={t('ticket.chooseQueue')}
      size={380}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <ul className="choices">
        {mine.map((queue) => (
          <li key={queue.id}>
            <button type="button" onClick={() => answer(queue.id)}>
              <Dot c={queue.color} />
              {queue.name}
            </button>
          </li>
        ))}
      </ul>
      {mine.length === 0 && <p className="sec x13">{t('error.no_queue')}</p>}
    </Modal>
  );
}

import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { q } from '@/api/query';
import { useT } from '@/i18n';
import { Dot } from '@/ui/parts';

interface Props {
  value: string | null;
  error: string | undefined;
  onChange: (queue: string | null) => void;
}

/** The queue in which new conversations of a connection wait. */
export function QueueSelect({ value, error, onChange }: Props) {
  const t = useT();
  const { data: queues } = useQuery(q.queues);
  const chosen = queues?.find((queue) => queue.id === value);
  const offered = (queues ?? []).filter((queue) => queue.active || queue.id === value);
  return (
    <Select
      label={t('admin.connection.queue')}
      description={t('admin.connection.queueHelp')}
      placeholder={t('admin.connection.noQueue')}
      clearable
      searchable
      data={offered.map((queue) => ({ value: queue.id, label: queue.name }))}
      leftSection={chosen ? <Dot c={chosen.color} /> : undefined}
      value={value}
      error={error}
      onChange={onChange}
      clearButtonProps={{ 'aria-label': t('admin.clear') }}
    />
  );
}

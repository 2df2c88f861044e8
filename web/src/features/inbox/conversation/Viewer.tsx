import { Modal } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconDownload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useT } from '@/i18n';
import type { Media } from '@/lib/types';
import { IconBtn } from '@/ui/parts';
import type { Row } from '../timeline';
import './viewer.css';

/** Pictures and films of the conversation, large. */
export function Viewer({ start, rows, onClose }: { start: Media; rows: Row[]; onClose: () => void }) {
  const t = useT();
  const all = useMemo(
    () =>
      rows
        .flatMap((row) => (row.kind === 'message' && !row.message.deleted_at ? row.message.media : []))
        .filter((media) => (media.kind === 'image' || media.kind === 'video') && media.url),
    [rows],
  );
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      all.findIndex((media) => media.id === start.id),
    ),
  );
  const media = all[at] ?? start;
  const go = (step: number) => setAt((n) => Math.min(all.length - 1, Math.max(0, n + step)));
  return (
    <Modal
      opened
      onClose={onClose}
      fullScreen
      className="viewer"
      title={media.name || t(`kind.${media.kind}`)}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') go(-1);
        if (event.key === 'ArrowRight') go(1);
      }}
    >
      <div className="vstage">
        <IconBtn label={t('viewer.previous')} disabled={at === 0} onClick={() => go(-1)}>
          <IconChevronLeft size={26} />
        </IconBtn>
        {media.kind === 'video' ? (
          <video key={media.id} src={media.url} controls autoPlay />
        ) : (
          <img key={media.id} src={media.url} alt={media.name || t('kind.image')} />
        )}
        <IconBtn label={t('viewer.next')} disabled={at >= all.length - 1} onClick={() => go(1)}>
          <IconChevronRight size={26} />
        </IconBtn>
      </div>
      <div className="row center">
        <a className="btn d" href={`${media.url ?? ''}?download=true`} download={media.name}>
          <IconDownload size={16} />
          {t('viewer.download')}
        </a>
      </div>
    </Modal>
  );
}

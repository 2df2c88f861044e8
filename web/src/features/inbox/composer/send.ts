import { uuid } from '@/api/client';
import { outbox } from '@/lib/sending';
import type { Draft } from '@/lib/drafts';
import type { MessageNew } from '@/lib/types';

interface Options {
  queue?: boolean;
  reply?: Draft['reply'];
  file?: { blob: Blob; name: string; kind: string };
}

/** Hands a message to the outbox: it is on screen and on disk before it is sent. */
export function send(ticket: string, body: MessageNew, { queue, reply, file }: Options = {}): void {
  void outbox().add({
    id: uuid(),
    ticket,
    created: Date.now(),
    body: { ...body, ...(queue ? { queue: true } : {}), ...(reply ? { reply_to: reply.id } : {}) },
    ...(file ? { file } : {}),
    ...(reply ? { quoted: { excerpt: reply.excerpt, author: reply.author } } : {}),
  });
}

/** The kind under which a file is sent: what the channel takes, else a document. */
export function kindOf(
  file: File,
  media: Record<string, { mime: string[]; max_bytes: number }>,
  wanted?: 'media' | 'document' | 'sticker',
): string | null {
  const takes = (kind: string) => {
    const limit = media[kind];
    if (!limit) return false;
    const type = file.type || 'application/octet-stream';
    return limit.mime.some(
      (m) => m === type || m === '*/*' || (m.endsWith('/*') && type.startsWith(m.slice(0, -1))),
    );
  };
  const order =
    wanted === 'sticker'
      ? ['sticker']
      : wanted === 'document'
        ? ['document']
        : ['image', 'video', 'audio', 'document'];
  return order.find(takes) ?? (wanted === 'sticker' || !media.document ? null : 'document');
}

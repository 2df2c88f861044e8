import { i18n, useT } from '@/i18n';
import type { SimMessage } from '@/lib/types';

/** The words for a kind of content. */
export function kindWord(type: string): string {
  const key = `sandbox.kind.${type}`;
  return i18n.t((i18n.exists(key) ? key : 'sandbox.kind.other') as 'sandbox.kind.other');
}

/** One line of a message, for the list of chats. */
export function useExcerpt(): (message: SimMessage | undefined, business: string) => string {
  const t = useT();
  return (message, business) => {
    if (!message) return t('sandbox.quiet');
    const { view } = message;
    const text =
      view.reply?.title ??
      (view.reaction ? t('sandbox.reacted', { emoji: view.reaction.emoji }) : undefined) ??
      (view.body || view.header || view.media?.name || kindWord(view.media?.voice ? 'voice' : view.type));
    return message.direction === 'out' ? `${business}: ${text}` : text;
  };
}

import type { Message } from '@/lib/types';

// From a bubble's menu to the composer of its ticket.
const bus = new EventTarget();

export const replyTo = (ticket: string, message: Message) =>
  bus.dispatchEvent(new CustomEvent(ticket, { detail: message }));

export function onReply(ticket: string, listener: (message: Message) => void): () => void {
  const hear = (event: Event) => listener((event as CustomEvent<Message>).detail);
  bus.addEventListener(ticket, hear);
  return () => bus.removeEventListener(ticket, hear);
}

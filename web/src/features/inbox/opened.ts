// What an opened conversation takes, apart from the list, which stands first.
export { Conversation } from './conversation/Conversation';
export { ContactPanel } from './panel/ContactPanel';

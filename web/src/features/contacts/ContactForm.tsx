// The same drawer, by the name the start panel knows it.
export { ContactDrawer as ContactForm } from './ContactDrawer';

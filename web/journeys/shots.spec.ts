// Every screen, desktop and phone, light and dark, into web/shots (ignored). The
// names of pictures the design has too are the design's.
import './shots/session';
import './shots/inbox';
import './shots/start';
import './shots/frame';
import './shots/admin';
import './shots/sandbox';
import './shots/widths';

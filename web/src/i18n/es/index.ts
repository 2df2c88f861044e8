import admin from './admin';
import common from './common';
import contacts from './contacts';
import error from './error';
import event from './event';
import frame from './frame';
import inbox from './inbox';
import sandbox from './sandbox';
import start from './start';

export default {
  ...admin,
  ...common,
  ...contacts,
  ...error,
  ...event,
  ...frame,
  ...inbox,
  ...sandbox,
  ...start,
};

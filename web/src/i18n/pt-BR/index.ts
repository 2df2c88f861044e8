import common from './common';
import error from './error';
import event from './event';
import frame from './frame';
import inbox from './inbox';
import sandbox from './sandbox';
import start from './start';

export default { ...common, ...error, ...event, ...frame, ...inbox, ...sandbox, ...start };

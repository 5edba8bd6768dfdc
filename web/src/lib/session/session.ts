import { Session } from './store';
import { Tabs } from './tabs';

/** Who is logged in, in this tab and all others. */
export const session = new Session(new Tabs());

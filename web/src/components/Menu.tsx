import { Ellipsis } from 'lucide-react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Button as AriaButton } from 'react-aria-components';

import { look } from './Button';
import styles from './menu.module.css';
import { classes } from '@/lib/classes';

export interface Choice {
  id: string;
  text: string;
  isGrave?: boolean;
  act: () => void;
}

/** More that can be done with something, behind three dots. */
export function MoreMenu({ label, choices }: { label: string; choices: Choice[] }) {
  return (
    <MenuTrigger>
      <AriaButton aria-label={label} className={look({ kind: 'plain', size: 'small', label })}>
        <Ellipsis size={20} aria-hidden="true" />
      </AriaButton>
      <Popover className={styles.popover ?? ''} placement="bottom end">
        <AriaMenu className={styles.menu ?? ''} onAction={(id) => choices.find((choice) => choice.id === id)?.act()}>
          {choices.map((choice) => (
            <MenuItem key={choice.id} id={choice.id} className={classes(styles.item, choice.isGrave && styles.grave)}>
              {choice.text}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

import { Bell, CalendarDays, ChartColumn, House, Images, NotebookPen, Search, Settings, Users, type LucideIcon } from 'lucide-react';

import type { User } from '@/lib/api/types';

interface Place {
  to: string;
  name: 'home' | 'search' | 'mine' | 'calendar' | 'gallery' | 'friends' | 'notices' | 'settings' | 'admin';
  Icon: LucideIcon;
  tone: string;
}

const PUBLIC: readonly Place[] = [
  { to: '/', name: 'home', Icon: House, tone: 'red' },
  { to: '/search', name: 'search', Icon: Search, tone: 'orange' },
];

const OWN: readonly Place[] = [
  { to: '/me', name: 'mine', Icon: NotebookPen, tone: 'yellow' },
  { to: '/calendar', name: 'calendar', Icon: CalendarDays, tone: 'green' },
  { to: '/gallery', name: 'gallery', Icon: Images, tone: 'blue' },
  { to: '/friends', name: 'friends', Icon: Users, tone: 'violet' },
  { to: '/notifications', name: 'notices', Icon: Bell, tone: 'brown' },
  { to: '/settings', name: 'settings', Icon: Settings, tone: 'grey' },
];

const ADMIN: Place = { to: '/admin', name: 'admin', Icon: ChartColumn, tone: 'red' };

export function placesFor(user: User | null): readonly Place[] {
  if (user === null) return PUBLIC;
  return user.role === 'admin' ? [...PUBLIC, ...OWN, ADMIN] : [...PUBLIC, ...OWN];
}

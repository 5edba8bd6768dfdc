export const modelKey = ['admin', 'model'] as const;
export const scheduleKey = ['admin', 'schedule'] as const;

import { answer, api } from './api/client';

export function blockUser(userId: string) {
  return answer(api.PUT('/api/v1/me/blocks/{user_id}', { params: { path: { user_id: userId } } }));
}

export function unblockUser(userId: string) {
  return answer(api.DELETE('/api/v1/me/blocks/{user_id}', { params: { path: { user_id: userId } } }));
}

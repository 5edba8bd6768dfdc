import { act, renderHook, waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';

import { draftKey, emptyDraft, loadDraft, promptOf, saveDraft } from '@/lib/drafts';
import { SHEETS } from '@/lib/sheets';
import { useDraft } from '@/lib/useDraft';

let number = 0;

async function begin(owner = 'user-1', place?: string) {
  number += 1;
  const key = draftKey(owner, place ?? `new-${number}`);
  const hook = renderHook(() => useDraft(key, () => emptyDraft('2026-11-25')));
  await waitFor(() => expect(hook.result.current.draft).toBeDefined());
  return { key, hook, keeper: () => hook.result.current };
}

describe('draft', () => {
  test('what is typed is kept by itself and found again', async () => {
    const { key, hook, keeper } = await begin();
    expect(keeper().isRestored).toBe(false);
    act(() => keeper().change({ text: '오늘은' }));
    act(() => keeper().change({ text: '오늘은 바다에 갔다.' }));
    expect(keeper().kept).toBe('not yet');
    await waitFor(() => expect(keeper().kept).toBe('yes'));
    expect(await loadDraft(key)).toMatchObject({ text: '오늘은 바다에 갔다.' });
    hook.unmount();
    const again = await begin('user-1', key.split('/')[1]);
    expect(again.keeper().isRestored).toBe(true);
    expect(again.keeper().draft?.text).toBe('오늘은 바다에 갔다.');
  });

  test('leaving the page keeps the last letters without waiting', async () => {
    const { key, hook, keeper } = await begin();
    act(() => keeper().change({ text: '마지막 글자까지' }));
    hook.unmount();
    await waitFor(async () => expect(await loadDraft(key)).toMatchObject({ text: '마지막 글자까지' }));
  });

  test('somebody else on this device does not see it', async () => {
    const { key, keeper } = await begin();
    act(() => keeper().change({ text: '비밀' }));
    await act(() => keeper().keep());
    const other = await begin('user-2', key.split('/')[1]);
    expect(other.keeper().draft?.text).toBe('');
  });

  test('what was posted does not come back', async () => {
    const { key, hook, keeper } = await begin();
    act(() => keeper().change({ text: '올린 글' }));
    await act(() => keeper().drop());
    hook.unmount();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await loadDraft(key)).toBeUndefined();
  });

  test('another tab shows what is typed here, and what was typed in both is kept', async () => {
    const { key, hook, keeper } = await begin();
    const other = new BroadcastChannel(SHEETS);
    act(() => keeper().change({ text: '여기서 쓴 글' }));
    await saveDraft(key, { ...emptyDraft('2026-11-25'), title: '저기서 쓴 제목' });
    act(() => other.postMessage({ key, changes: { title: '저기서 쓴 제목' } }));
    await waitFor(() => expect(keeper().draft).toMatchObject({ title: '저기서 쓴 제목', text: '여기서 쓴 글' }));
    await act(() => keeper().keep());
    expect(await loadDraft(key)).toMatchObject({ title: '저기서 쓴 제목', text: '여기서 쓴 글' });
    act(() => other.postMessage({ key, changes: null }));
    await waitFor(() => expect(keeper().draft?.text).toBe(''));
    hook.unmount();
    other.close();
  });

  test('what is still being typed is not taken away when another tab posted the draft', async () => {
    const { key, keeper } = await begin();
    const other = new BroadcastChannel(SHEETS);
    act(() => keeper().change({ text: '아직 쓰는 중' }));
    act(() => other.postMessage({ key, changes: null }));
    await waitFor(async () => expect(await loadDraft(key)).toMatchObject({ text: '아직 쓰는 중' }));
    expect(keeper().draft?.text).toBe('아직 쓰는 중');
    other.close();
  });

  test('the picture is asked for in the entry’s own words, cut between words', () => {
    expect(promptOf({ title: '바다', text: ' 고래를\n봤다. ' })).toBe('바다. 고래를 봤다.');
    const long = promptOf({ title: '', text: '가나다라 '.repeat(100) });
    expect(long.length).toBeLessThanOrEqual(240);
    expect(long.endsWith('가나다라')).toBe(true);
  });
});

import { useMutation } from '@tanstack/react-query';
import { useRef, type SubmitEvent } from 'react';

import { ApiError } from './api/errors';

/**
 * A form whose answers come from the API: `reason("email")` says why a field does not fit, `error` is
 * set when the form as a whole was refused. The first wrong field gets the focus.
 */
export function useForm<T>(send: (fields: FormData) => Promise<T>, done: (answer: T, form: HTMLFormElement | null) => void) {
  const form = useRef<HTMLFormElement>(null);
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: send,
    onSuccess: (answer) => done(answer, form.current),
    onError: (failure) => {
      if (failure instanceof ApiError) focusFirst(form.current, Object.keys(failure.fields));
    },
  });
  const fields = error instanceof ApiError ? error.fields : {};
  return {
    props: {
      ref: form,
      noValidate: true,
      onSubmit: (event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        mutate(new FormData(event.currentTarget));
      },
    },
    reason: (name: string) => fields[name],
    /** Set where no field can tell it. */
    error: error !== null && Object.keys(fields).length === 0 ? error : null,
    isPending,
    reset,
  };
}

export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

function focusFirst(form: HTMLFormElement | null, names: string[]): void {
  const inputs = [...(form?.elements ?? [])] as HTMLInputElement[];
  // After the messages are there, so that a screen reader reads them with the field.
  setTimeout(() => inputs.find((input) => names.includes(input.name))?.focus());
}

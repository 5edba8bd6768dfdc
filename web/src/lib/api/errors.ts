/** What the API refused, in its own words; `fields` says why by input field. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly requestId: string | null = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The service could not be reached: nothing is known of what became of the request. */
export class OfflineError extends Error {
  constructor(options?: ErrorOptions) {
    super('The service cannot be reached.', options);
    this.name = 'OfflineError';
  }
}

/** Read the contract's error shape; anything else (a proxy's page) becomes a plain error. */
export async function errorOf(response: Response): Promise<ApiError> {
  const retry = Number(response.headers.get('retry-after'));
  const body: unknown = await response.json().catch(() => null);
  const error = isErrorBody(body) ? body.error : null;
  return new ApiError(
    response.status,
    error?.code ?? 'unexpected',
    error?.message ?? response.statusText,
    error?.fields ?? {},
    error?.request_id ?? null,
    retry > 0 ? retry : null,
  );
}

interface ErrorBody {
  error: { code: string; message: string; fields?: Record<string, string> | null; request_id?: string };
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}

export function isStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof ApiError && statuses.includes(error.status);
}

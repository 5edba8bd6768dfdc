export default function ForgotPassword(_: Record<string, unknown>) { return null; } export { ForgotPassword };

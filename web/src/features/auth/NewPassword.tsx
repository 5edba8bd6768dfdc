export default function NewPassword(_: Record<string, unknown>) { return null; } export { NewPassword };

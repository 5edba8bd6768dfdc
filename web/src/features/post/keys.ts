export const commentKey = (postId: string) => ['comments', postId] as const;

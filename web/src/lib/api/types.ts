import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['UserView'];
export type Author = Schemas['AuthorView'];
export type Profile = Schemas['ProfileView'];
export type Post = Schemas['PostView'];
export type PostPicture = Schemas['PostPictureView'];
export type Picture = Schemas['PictureView'];
export type Comment = Schemas['CommentView'];
export type Notification = Schemas['NotificationView'];
export type Session = Schemas['SessionView'];
export type Weather = NonNullable<Post['weather']>;
export type Mood = NonNullable<Post['mood']>;
export type Style = Picture['style'];
export type Aspect = Picture['aspect'];
export type Gender = User['gender'];
export type Language = User['language'];
export type ModelServer = Schemas['ModelServerView'];
export type ModelSchedule = Schemas['ModelScheduleView'];
export type Diary = Schemas['DiaryView'];
export type SecretEntry = Schemas['SecretEntryView'];
export type FriendRequest = Schemas['FriendRequestView'];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export const WEATHERS: readonly Weather[] = ['sunny', 'cloudy', 'rainy', 'snowy', 'windy', 'stormy', 'foggy'];
export const MOODS: readonly Mood[] = ['happy', 'excited', 'grateful', 'calm', 'tired', 'sad', 'anxious', 'angry'];
export const STYLES: readonly Style[] = ['crayon', 'watercolor', 'pencil', 'flat', 'ink', 'photo', 'none'];
export const ASPECTS: readonly Aspect[] = ['1:1', '4:3', '3:4'];
export const GENDERS: readonly Gender[] = ['undisclosed', 'female', 'male', 'other'];

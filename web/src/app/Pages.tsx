import { lazy, Suspense } from 'react';
import { Route, Routes, useLocation } from 'react-router';

import { AdminsOnly, MembersOnly } from './Guards';
import { Crash } from './Crash';
import { Waiting } from '@/components/States';
import { useScrollPlace } from '@/lib/scroll';

const Home = lazy(() => import('@/features/home/Home'));
const LogIn = lazy(() => import('@/features/auth/LogIn'));
const SignUp = lazy(() => import('@/features/auth/SignUp'));
const ForgotPassword = lazy(() => import('@/features/auth/ForgotPassword'));
const NewPassword = lazy(() => import('@/features/auth/NewPassword'));
const PostPage = lazy(() => import('@/features/post/PostPage'));
const WritePage = lazy(() => import('@/features/write/WritePage'));
const EditPage = lazy(() => import('@/features/write/EditPage'));
const Mine = lazy(() => import('@/features/mine/Mine'));
const Gallery = lazy(() => import('@/features/gallery/Gallery'));
const Calendar = lazy(() => import('@/features/calendar/Calendar'));
const Search = lazy(() => import('@/features/search/Search'));
const TagPage = lazy(() => import('@/features/search/TagPage'));
const Author = lazy(() => import('@/features/author/Author'));
const Notices = lazy(() => import('@/features/notices/Notices'));
const Settings = lazy(() => import('@/features/settings/Settings'));
const Friends = lazy(() => import('@/features/friends/Friends'));
const DiaryPage = lazy(() => import('@/features/friends/DiaryPage'));
const DiaryEntry = lazy(() => import('@/features/friends/DiaryEntry'));
const DiaryWrite = lazy(() => import('@/features/friends/DiaryWrite'));
const Admin = lazy(() => import('@/features/admin/Admin'));
const Absent = lazy(() => import('@/features/system/Absent'));

/** Every page has its address; all but the shell is fetched when it is opened. */
export function Pages() {
  useScrollPlace();
  const { pathname } = useLocation();
  return (
    // A page that fell over is left behind by going elsewhere.
    <Crash key={pathname.split('/')[1]}>
      <Suspense fallback={<Waiting />}>
        <Routes>
          <Route index element={<Home />} />
          <Route path="login" element={<LogIn />} />
          <Route path="signup" element={<SignUp />} />
          <Route path="reset" element={<ForgotPassword />} />
          <Route path="reset-password" element={<NewPassword />} />
          <Route path="posts/:id" element={<PostPage />} />
          <Route path="search" element={<Search />} />
          <Route path="tags/:tag" element={<TagPage />} />
          <Route path="users/:id" element={<Author />} />
          <Route element={<MembersOnly />}>
            <Route path="write" element={<WritePage />} />
            <Route path="posts/:id/edit" element={<EditPage />} />
            <Route path="me" element={<Mine which="own" />} />
            <Route path="me/likes" element={<Mine which="liked" />} />
            <Route path="gallery" element={<Gallery />} />
            <Route path="calendar" element={<Calendar />} />
            <Route path="notifications" element={<Notices />} />
            <Route path="settings" element={<Settings />} />
            <Route path="friends" element={<Friends />} />
            <Route path="diaries/:id" element={<DiaryPage />} />
            <Route path="diaries/:id/write" element={<DiaryWrite />} />
            <Route path="diaries/:id/entries/:entryId" element={<DiaryEntry />} />
            <Route path="diaries/:id/entries/:entryId/edit" element={<DiaryWrite />} />
          </Route>
          <Route element={<AdminsOnly />}>
            <Route path="admin/*" element={<Admin />} />
          </Route>
          <Route path="*" element={<Absent />} />
        </Routes>
      </Suspense>
    </Crash>
  );
}

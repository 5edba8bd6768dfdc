// Loaded after the first paint. Each face is cut by unicode range, so a page fetches only the parts
// that hold its letters, and all of it from here.
import '@fontsource-variable/noto-sans-kr/index.css';
import '@fontsource/gaegu/400.css';
import '@fontsource/gaegu/700.css';
import '@fontsource/gowun-batang/400.css';
import '@fontsource/gowun-batang/700.css';

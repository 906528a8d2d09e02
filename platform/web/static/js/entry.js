/* Goes on to the new workspace by itself: who comes here has just confirmed the sign-up in this browser. */
document.querySelector("form.site-form").requestSubmit();

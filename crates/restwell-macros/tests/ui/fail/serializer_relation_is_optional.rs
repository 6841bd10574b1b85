use restwell_macros::{Model, serializer};

diesel::table! {
    users (id) { id -> Int8, name -> Text }
}
diesel::table! {
    profiles (id) { id -> Int8, user_id -> Int8 }
}
diesel::table! {
    posts (id) { id -> Int8, author_id -> Int8, editor_id -> Nullable<Int8> }
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = users, has_one(profile: Profile, column = user_id))]
struct User {
    id: i64,
    name: String,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = profiles)]
struct Profile {
    id: i64,
    user_id: i64,
}

#[derive(Model, Clone)]
#[model(crate = restwell_serializers, table = posts,
        belongs_to(author: User), belongs_to(editor: User))]
struct Post {
    id: i64,
    author_id: i64,
    editor_id: Option<i64>,
}

#[serializer(crate = restwell_serializers, model = Profile, read_only)]
struct ProfileSerializer {
    id: i64,
}

#[serializer(crate = restwell_serializers, model = User, read_only)]
struct UserSerializer {
    name: String,
    #[field(nested)]
    profile: ProfileSerializer,
}

#[serializer(crate = restwell_serializers, model = Post)]
struct PostSerializer {
    #[field(nested)]
    author: UserSerializer,
    #[field(nested)]
    editor: UserSerializer,
    #[field(related, source = editor)]
    editor_id: User,
    #[field(source = editor.name)]
    editor_name: String,
    #[field(related, source = editor, write_only)]
    required_editor: User,
}

fn main() {}

DROP TABLE user_roles;
DROP TABLE role_grants;
DROP TABLE features;
DROP TABLE roles;
